"""Which features, settings and elements does a file of TrackMate have besides cells and links?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.store.movie import Movie
from distnet_store.store.sources.trackmate_xml import LABEL_FEATURE

_SPOT: Final = {
    "QUALITY": ("Quality", "QUALITY", False),
    "POSITION_X": ("X", "POSITION", False),
    "POSITION_Y": ("Y", "POSITION", False),
    "POSITION_Z": ("Z", "POSITION", False),
    "POSITION_T": ("T", "TIME", False),
    "FRAME": ("Frame", "NONE", True),
    "RADIUS": ("Radius", "LENGTH", False),
    "VISIBILITY": ("Visibility", "NONE", True),
    "AREA": ("Area", "AREA", False),
    LABEL_FEATURE: ("Label", "NONE", True),
}
"""Features of a spot: name, dimension, and whether it is a whole number."""
_EDGE: Final = {
    "SPOT_SOURCE_ID": ("Source spot ID", "NONE", True),
    "SPOT_TARGET_ID": ("Target spot ID", "NONE", True),
    "LINK_COST": ("Edge cost", "COST", False),
}
_TRACK: Final = {
    "TRACK_INDEX": ("Track index", "NONE", True),
    "TRACK_ID": ("Track ID", "NONE", True),
    "NUMBER_SPOTS": ("Number of spots in track", "NONE", True),
}


def element(tag: str, attributes: Mapping[str, str], text: str = "") -> str:
    """Return an XML element in a line of its own.

    Example:
        >>> element("TrackID", {"TRACK_ID": "3"})
        '<TrackID TRACK_ID="3" />\\n'
    """
    words = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag} {words}>{escape(text)}</{tag}>\n" if text else f"<{tag} {words} />\n"


def declarations(n_channels: int) -> str:
    """Return which features spots, edges and tracks have."""
    intensities = {
        _intensity(c): (f"Mean intensity ch{c + 1}", "INTENSITY", False) for c in range(n_channels)
    }
    kinds = {"SpotFeatures": _SPOT | intensities, "EdgeFeatures": _EDGE, "TrackFeatures": _TRACK}
    lines = []
    for kind, features in kinds.items():
        lines.append(f"<{kind}>\n")
        for key, (name, dimension, is_whole) in features.items():
            told = {"feature": key, "name": name, "shortname": name, "dimension": dimension}
            lines.append(element("Feature", {**told, "isint": str(is_whole).lower()}))
        lines.append(f"</{kind}>\n")
    return f"<FeatureDeclarations>\n{''.join(lines)}</FeatureDeclarations>\n"


def spot_features(
    cells: pa.Table, size: NDArray[np.float64], frame_interval_s: float | None
) -> dict[str, NDArray[np.generic]]:
    """Return the values of each feature for n cells, (n,), in physical units; `size` is a pixel's height and width.

    The radius is that of a disc of the cell's area. The quality, which detectors of TrackMate give, is 1.
    """
    t = cells["t"].to_numpy()
    area = cells["area"].to_numpy() * float(size.prod())
    features: dict[str, NDArray[np.generic]] = {
        "QUALITY": np.ones(t.size),
        "POSITION_X": cells["centroid_x"].to_numpy().astype(np.float64) * size[1],
        "POSITION_Y": cells["centroid_y"].to_numpy().astype(np.float64) * size[0],
        "POSITION_Z": np.zeros(t.size),
        "POSITION_T": t * float(frame_interval_s or 1.0),
        "FRAME": t,
        "RADIUS": np.sqrt(area / np.pi),
        "VISIBILITY": np.ones(t.size, np.int64),
        "AREA": area,
        LABEL_FEATURE: cells["label"].to_numpy(),
    }
    means = [name for name in cells.column_names if name.startswith("intensity_mean_c")]
    for c, name in enumerate(means):
        features[_intensity(c)] = cells[name].to_numpy().astype(np.float64)
    return features


def settings(movie: Movie) -> str:
    """Return the size of the image and its pixels, and that detection and tracking were not TrackMate's."""
    frames, _, height, width = movie.shape
    pixel_height, pixel_width = movie.pixel_size_um or (1.0, 1.0)
    image = {
        "filename": movie.url.rstrip("/").rsplit("/", 1)[-1],
        "folder": "",
        "width": str(width),
        "height": str(height),
        "nslices": "1",
        "nframes": str(frames),
        "pixelwidth": str(pixel_width),
        "pixelheight": str(pixel_height),
        "voxeldepth": "1.0",
        "timeinterval": str(movie.frame_interval_s or 1.0),
    }
    last = {"x": width, "y": height, "z": 1, "t": frames}
    extent = {
        f"{axis}{end}": str(0 if end == "start" else n - 1)
        for axis, n in last.items()
        for end in ("start", "end")
    }
    return (
        "<Settings>\n"
        + element("ImageData", image)
        + element("BasicSettings", extent)
        + element("DetectorSettings", {"DETECTOR_NAME": "MANUAL_DETECTOR", "RADIUS": "1.0"})
        + element("InitialSpotFilter", {"feature": "QUALITY", "value": "0.0", "isabove": "true"})
        + "<SpotFilterCollection />\n"
        + element("TrackerSettings", {"TRACKER_NAME": "MANUAL_TRACKER"})
        + "<TrackFilterCollection />\n"
        + "<AnalyzerCollection><SpotAnalyzers /><EdgeAnalyzers /><TrackAnalyzers />"
        + "</AnalyzerCollection>\n</Settings>\n"
        + element("GUIState", {"state": "ConfigureViews"})
    )


def _intensity(channel: int) -> str:
    return f"MEAN_INTENSITY_CH{channel + 1}"
