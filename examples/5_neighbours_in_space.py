"""Neighbours, contacts and regions with geopandas.

Outlines are polygons that cover exactly the pixels of a cell, in micrometers; contacts are counted
in the label image. With both, questions about place are joins. The extras `geo` and `sql` bring
geopandas and DuckDB.
"""

# %%
from pathlib import Path

import geopandas
import networkx
import numpy as np
import pandas as pd
import shapely
import tifffile
from skimage.segmentation import expand_labels

import distnet_store as ds

source = Path(__file__).parent / "data/mother-machine/chamber10"
folder = Path("example-output")
folder.mkdir(exist_ok=True)

# %% [markdown]
# The masks of the example keep a pixel or two between neighbours. They are grown until they touch,
# as the cells do in the image.

# %%
masks = tifffile.imread(source / "labels_ctc.tif")
grown = np.stack([expand_labels(frame, 2) for frame in masks])
movie = ds.import_movie(
    source / "img_phase.tif",
    folder / "space.ome.zarr",
    pixel_size_um=0.065,
    frame_interval_s=300,
    overwrite=True,
)
movie = ds.import_labels(movie, grown, "cells", links=source / "man_track.txt")
ds.outlines(movie, name="cells")
ds.neighbours(movie, ds.NeighbourParameters(distance_px=3, closing_px=6), name="cells")
tables = f"{movie.url}/tables/cells"

# %% [markdown]
# Which cells lie in the upper half of the chamber, and by which part of them?

# %%
cells = geopandas.read_parquet(f"{tables}/outlines/table.parquet")
height, width = (n * size for n, size in zip(movie.shape[2:], movie.pixel_size_um, strict=True))
upper = geopandas.GeoDataFrame(
    {"region": ["upper"]}, geometry=[shapely.box(0, 0, width, height / 2)]
)
inside = cells.sjoin(upper, predicate="intersects")
part = inside.intersection(upper.geometry[0]).area / inside.area
print(inside.assign(part=part).groupby("t").part.agg(["count", "min", "mean"]))

# %% [markdown]
# How long do sisters stay in touch after their mother has divided?

# %%
tracks = pd.read_parquet(f"{tables}/tracks/table.parquet")
neighbours = pd.read_parquet(f"{tables}/neighbours/table.parquet")
touching = neighbours[neighbours.contact_px > 0]
both_ways = pd.concat(
    [
        touching,
        touching.rename(
            columns={"track_id": "neighbour_track_id", "neighbour_track_id": "track_id"}
        ),
    ]
)
born = tracks.loc[tracks.parent_track_id > 0, ["track_id", "parent_track_id"]]
sisters = born.merge(born, on="parent_track_id", suffixes=("", "_sister"))
sisters = sisters[sisters.track_id < sisters.track_id_sister]
in_touch = sisters.merge(
    both_ways,
    left_on=["track_id", "track_id_sister"],
    right_on=["track_id", "neighbour_track_id"],
)
together = in_touch.groupby(["track_id", "track_id_sister"]).agg(
    frames=("t", "count"), border_um=("contact_um", "mean")
)
print(together)

# %% [markdown]
# The graph of neighbours of a frame: in a chamber, cells lie in a row.

# %%
edges = neighbours[neighbours.t == 5]
graph = networkx.from_pandas_edgelist(edges, "object_id", "neighbour_id", ["contact_um"])
print(
    networkx.number_connected_components(graph),
    "rows of cells; links per cell:",
    dict(graph.degree),
)

# %% [markdown]
# Crowding is a column per cell, which joins all others by `object_id`.

# %%
surroundings = pd.read_parquet(f"{tables}/surroundings/table.parquet")
crowded = surroundings[["t", "contact_fraction", "covered_within"]].groupby("t").mean()
print(crowded)
