"""Lineages with pandas and DuckDB.

Tables are read by path, with nothing of this program: how long cells live, by generation, and the
growth of a family. The labels are the reference of the example movie, so that no network is needed.
The extra `sql` brings DuckDB.
"""

# %%
from pathlib import Path

import duckdb
import pandas as pd

import distnet_store as ds

source = Path(__file__).parent / "data/mother-machine/chamber10"
folder = Path("example-output")
folder.mkdir(exist_ok=True)

# %% [markdown]
# Labels of any program come in with `import_labels`, here with their links. The scale is made up
# for the example.

# %%
movie = ds.import_movie(
    source / "img_phase.tif",
    folder / "tables.ome.zarr",
    pixel_size_um=0.065,
    frame_interval_s=300,
    overwrite=True,
)
movie = ds.import_labels(movie, source / "labels_ctc.tif", "cells", links=source / "man_track.txt")
tables = f"{movie.url}/tables/cells"

# %% [markdown]
# Track ids number tracks so that a track is followed by all of its descendants. A family is
# therefore a range of ids, and of rows: pandas reads only the parts of the file that hold it.

# %%
tracks = pd.read_parquet(f"{tables}/tracks/table.parquet").set_index("track_id")
last = tracks.subtree_end[1]
family = pd.read_parquet(
    f"{tables}/objects/table.parquet", filters=[("track_id", ">=", 1), ("track_id", "<=", last)]
)
growth = family.groupby("time_s").area_um2.sum()
print(growth)

# %% [markdown]
# DuckDB asks the files in SQL: how long cells live from division to division, and how large they
# are at birth.

# %%
cycles = duckdb.sql(f"""
    SELECT generation, count(*) AS tracks, avg(t_last - t_first + 1) AS frames, avg(area_um2) AS area_at_birth
    FROM '{tables}/tracks/table.parquet' AS tracks
    JOIN '{tables}/objects/table.parquet' AS objects ON object_id = first_object_id
    WHERE "begin" = 'division'
    GROUP BY generation ORDER BY generation
""").df()
print(cycles)

# %% [markdown]
# All ancestors of a cell, with a recursive question:

# %%
ancestors = duckdb.sql(f"""
    WITH RECURSIVE line(track_id, parent_track_id) AS (
        SELECT track_id, parent_track_id FROM '{tables}/tracks/table.parquet' WHERE track_id = {last}
        UNION ALL
        SELECT tracks.track_id, tracks.parent_track_id
        FROM '{tables}/tracks/table.parquet' AS tracks JOIN line ON tracks.track_id = line.parent_track_id
    )
    SELECT track_id FROM line ORDER BY track_id
""").fetchall()
print("from the first cell to", last, ":", [track for (track,) in ancestors])
