"""From a TIFF file to lineages.

A movie of *E. coli* in a chamber of a mother machine becomes a dataset; the bundled network
predicts, the program segments, links and corrects, and what it found is looked at. It takes about
half a minute and needs the extra `tensorflow` (or `jax`, `torch`). Run it with `python
examples/1_from_tiff_to_lineages.py`; it writes into the folder `example-output`.
"""

# %%
from pathlib import Path

import distnet_store as ds

source = Path(__file__).parent / "data/mother-machine/chamber10"
folder = Path("example-output")
folder.mkdir(exist_ok=True)

# %% [markdown]
# The file says neither how large a pixel is nor how often a frame was taken. Nothing is invented:
# it has to be said, if only that nobody knows. With a pixel size, tables have columns in
# micrometers, too.

# %%
movie = ds.import_movie(
    source / "img_phase.tif",
    folder / "chamber10.ome.zarr",
    pixel_size_um="unknown",
    frame_interval_s="unknown",
    overwrite=True,
)
print(movie.shape, "frames, channels, rows, columns")

# %% [markdown]
# `run` predicts maps, segments and links. What is there already is not done again, so a stopped
# run goes on where it was.

# %%
runs = ds.run(movie)
for step, done in runs.items():
    print(step, done.record.counts)

# %% [markdown]
# `correct` looks for cells that were merged or cut for some frames, mends them by the tracks
# before and after, and writes the result `corrected` beside `cells`.

# %%
corrected = ds.correct(movie)
print(corrected.record.counts)

# %% [markdown]
# Labels are an OME-Zarr image, tables are Parquet files. Who descends from whom is a question to
# `lineage`.

# %%
labels = movie.labels("corrected")
lineage = movie.lineage("corrected")
first = lineage.roots["track_id"].to_pylist()[0]
family = lineage.descendants(first).to_pandas()
print(labels.sizes)
print(f"track {first} has {len(family)} descendants")
print(family[["track_id", "parent_track_id", "generation", "t_first", "t_last", "end"]])

# %% [markdown]
# What a person should look at first, the most doubtful on top:

# %%
review = ds.review(movie, "corrected", ds.FlagFilter(limit=3))
for flag in review.flags.to_pylist():
    print(f"{flag['score']:.2f}  t = {flag['t']}: {flag['reason']}")

# %% [markdown]
# The example has reference labels, so the result can be judged: errors in per cent of cells and
# links, as the paper counts them.

# %%
movie = ds.import_labels(movie, source / "labels_ctc.tif", links=source / "man_track.txt")
scores = ds.evaluate(movie, name="corrected")
for measure in ("segmentation_percent", "tracking_percent", "mean_iou"):
    print(measure, scores.values[measure])
for error in scores.errors.to_pylist():
    print(error["kind"], "at t =", error["t"])
