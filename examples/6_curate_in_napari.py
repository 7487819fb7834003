"""Curate in napari.

The cells of a movie become layers of napari, one of which can be edited: what is erased, painted or
split there is saved as one edit, which is checked, written down and can be undone. On a computer with
a screen, `distnet-store view example-output/chamber11.ome.zarr --napari` opens the window, and you
hold the brush. Here a script holds it, so that it runs anywhere. It needs napari (extra `napari`).
"""

# %%
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from napari.components import ViewerModel

import distnet_store as ds
from distnet_store.pipeline.viewing.napari_layers import EditableCells, add_dataset

source = Path(__file__).parent / "data/mother-machine/chamber11"
folder = Path("example-output")
folder.mkdir(exist_ok=True)

# %% [markdown]
# Masks of any program will do. They are linked by their overlap.

# %%
movie = ds.import_movie(
    source / "img_phase.tif",
    folder / "chamber11.ome.zarr",
    pixel_size_um="unknown",
    frame_interval_s="unknown",
    overwrite=True,
)
ds.import_labels(movie, source / "labels_ctc.tif", "cells")
ds.link(movie, prediction=None, name="cells", overwrite=True)

# %% [markdown]
# Image, label images and tracks become layers. The layer that is edited holds track ids, so that a
# cell keeps its colour.

# %%
viewer = ViewerModel()
add_dataset(viewer, movie, "cells")
cells = EditableCells(viewer, movie, "cells", Path(mkdtemp()))
print([layer.name for layer in viewer.layers])

# %% [markdown]
# What the brush does: in frame 4 a cell is cut in two.

# %%
frame = np.asarray(cells.labels.data[4])
values, areas = np.unique(frame[frame > 0], return_counts=True)
largest = values[areas.argmax()]
rows = np.flatnonzero((frame == largest).any(axis=1))
middle = int(rows.mean())
lower = (frame == largest) & (np.arange(len(frame)) > middle)[:, np.newaxis]
cells.labels.data[4] = np.where(lower, frame.max() + 1, frame)

# %% [markdown]
# The button *Save* calls this. Only the cell that changed is touched, and relinked.

# %%
summary = cells.save("two cells, as the next frame shows")
print(summary.counts, "in", summary.frames, "frame")
for row in cells.curation.history():
    print(row.number, row.author, row.note, [edit.operation for edit in row.edits])

# %% [markdown]
# It was wrong after all: every byte is as it was.

# %%
cells.undo()
undone = movie.labels_frame("cells", 4)
print(len(np.unique(undone)) - 1, "cells in frame 4")
