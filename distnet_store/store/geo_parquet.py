"""What does a Parquet file say of its geometry, so that programs for maps read it? (GeoParquet 1.1.0)

https://geoparquet.org/releases/v1.1.0
"""

from __future__ import annotations

import json
from typing import Final

import pyarrow as pa

GEOMETRY: Final = "geometry"
"""Column of the outlines."""
BOX: Final = "bbox"
"""Column of their bounds, by which readers leave out row groups."""

UNIT: Final = b"distnet_unit"
"""Key of the file's metadata that names the unit of the coordinates."""

_KEY: Final = b"geo"


def with_geometry(schema: pa.Schema, unit: str) -> pa.Schema:
    """Return a schema whose metadata describe the columns `geometry` and `bbox`.

    There is no coordinate reference system, since cells do not lie on the globe; the key has to be there and be
    null, for its absence would mean degrees of longitude and latitude. `unit` is that of the coordinates.
    """
    document = {
        "version": "1.1.0",
        "primary_column": GEOMETRY,
        "columns": {
            GEOMETRY: {
                "encoding": "WKB",
                "geometry_types": ["Polygon", "MultiPolygon"],
                "crs": None,
                "edges": "planar",
                "orientation": "counterclockwise",
                "covering": {
                    "bbox": {side: [BOX, side] for side in ("xmin", "ymin", "xmax", "ymax")}
                },
            }
        },
    }
    own = {_KEY: json.dumps(document).encode(), UNIT: unit.encode()}
    return schema.with_metadata({**(schema.metadata or {}), **own})
