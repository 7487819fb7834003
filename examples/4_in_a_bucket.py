"""A dataset in a bucket.

Everything works on `s3://`, `gs://` and `az://` as on a disk: importing, running, reading a part,
stopping and going on. The example takes the bucket's address from the variable `EXAMPLE_BUCKET` and
its keys from where AWS's own tools have them. Without a bucket of your own, a server on your
machine will do (`pip install 'moto[server]'`):

    python -m moto.server -p 5000 &
    export AWS_ENDPOINT_URL=http://127.0.0.1:5000 AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_REGION=us-east-1
    curl -X PUT http://127.0.0.1:5000/movies
    EXAMPLE_BUCKET=s3://movies python examples/4_in_a_bucket.py
"""

# %%
import os
from pathlib import Path

import numpy as np

import distnet_store as ds

chambers = Path(__file__).parent / "data/mother-machine"
bucket = os.environ.get("EXAMPLE_BUCKET", "s3://movies")

# %% [markdown]
# Two movies go there, with masks and tracks of another program.

# %%
for name in ("chamber09", "chamber10"):
    movie = ds.import_movie(
        chambers / name / "img_phase.tif",
        f"{bucket}/example/{name}.ome.zarr",
        pixel_size_um=0.065,
        frame_interval_s=300,
        overwrite=True,
    )
    movie = ds.import_labels(
        movie,
        chambers / name / "labels_ctc.tif",
        "masks",
        links=chambers / name / "man_track.txt",
        overwrite=True,
    )
    print(name, movie.read_table("masks", "tracks").num_rows, "tracks")

# %% [markdown]
# A prefix is a collection. `on_each` does something with each of its movies, several at a time,
# and tells of failures at the end.

# %%
collection = ds.open_collection(f"{bucket}/example")
outlined = list(
    ds.on_each(collection, lambda movie: ds.outlines(movie, name="masks", overwrite=True))
)
for one in outlined:
    print(one.name, one.error or one.result.record.counts)

# %% [markdown]
# Nothing is copied to read a part: one frame's labels are one request, a column of a table a few.

# %%
movie = ds.open_movie(f"{bucket}/example/chamber10.ome.zarr")
frame = movie.labels("masks").isel(t=3).to_numpy()
areas = movie.read_table("masks", "objects", columns=["area_um2"])["area_um2"].to_numpy()
print(len(np.unique(frame)) - 1, "cells in frame 3;", f"median area {np.median(areas):.1f} µm²")

# %% [markdown]
# `validate` reads every checksum, in the bucket as on a disk.

# %%
report = ds.validate(movie.url, deep=True)
print(len(report.problems), "problems")
