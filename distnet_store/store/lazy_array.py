"""How does a stored image become a lazy array with physical coordinates?"""

from __future__ import annotations

import dask.array as da
import numpy as np
import xarray as xr
import zarr

from distnet_store.errors import NotFoundError
from distnet_store.store.location import Location
from distnet_store.store.ngff_read import ImageLayout

AXES = ("t", "c", "y", "x")


def lazy_image(location: Location, path: str, layout: ImageLayout, level: int) -> xr.DataArray:
    """Return one level as (t, c, y, x), one dask block per shard or chunk; only metadata are read.

    Coordinates are those of the pixels' centres in the axes' units; `attrs["units"]` of each says which
    (absent: pixel or frame numbers times the stored scale).

    Raises:
        NotFoundError: there is no such level.
    """
    if not 0 <= level < len(layout.levels):
        raise NotFoundError(
            f"there is no pyramid level {level}",
            expected=f"0 to {len(layout.levels) - 1}",
            where=f"{location.url}/{path}".rstrip("/"),
        )
    source = layout.levels[level]
    array = zarr.open_array(
        location.zarr_store(read_only=True), path=f"{path}/{source.path}".lstrip("/"), mode="r"
    )
    data = da.from_array(
        array, chunks=array.shards or array.chunks, name=f"{location.url}/{path}/{source.path}"
    )
    found = xr.DataArray(data, dims=layout.axes, name=layout.name or "image")
    squeezed = found.isel({axis: 0 for axis in layout.axes if axis not in AXES}, drop=True)
    whole = squeezed.expand_dims([axis for axis in AXES if axis not in squeezed.dims]).transpose(
        *AXES
    )
    return whole.assign_coords(_coordinates(layout, level, whole))


def _coordinates(layout: ImageLayout, level: int, image: xr.DataArray) -> dict[str, object]:
    source = layout.levels[level]
    coordinates: dict[str, object] = {"c": ("c", list(layout.channel_names))}
    for axis in ("t", "y", "x"):
        index = layout.axes.index(axis) if axis in layout.axes else None
        step, start, unit = 1.0, 0.0, None
        if index is not None:
            step, start, unit = (
                source.scale[index],
                source.translation[index],
                layout.axis_units[index],
            )
        values = start + step * np.arange(image.sizes[axis])
        coordinates[axis] = (axis, values, {} if unit is None else {"units": unit})
    return coordinates
