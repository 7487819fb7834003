"""How cells move, grow and divide.

Three chambers of a mother machine with their reference lineages are analysed together: the plots of
figure 5 of the DistNet2D paper, growth and times between divisions, and of each chamber the tree of
lineages and the kymograph. Each analysis is a tidy table, figures that sum it up, and a figure for a
paper. The movies are short, so the figures show how it is done rather than how *E. coli* grows.
"""

# %%
from pathlib import Path

import distnet_store as ds

source = Path(__file__).parent / "data/mother-machine"
folder = Path("example-output")
folder.mkdir(exist_ok=True)

# %% [markdown]
# Nobody wrote down how large a pixel is, nor how often a frame was taken: everything is in pixels
# and frames, and the columns' names say so.

# %%
movies = []
for name in ("chamber09", "chamber10", "chamber11"):
    movie = ds.import_movie(
        source / name / "img_phase.tif",
        folder / f"analysed-{name}.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
        overwrite=True,
    )
    links = source / name / "man_track.txt"
    movies.append(ds.import_labels(movie, source / name / "labels_ctc.tif", "cells", links=links))

# %%
options = ds.AnalysisOptions(min_frames=3, intervals=2)
figure_5 = ds.analyse(movies, "cells", options=options)
for name, found in figure_5.items():
    print(name, {key: value for key, value in found.summary.items() if value is not None})

# %%
others = ds.analyse(
    movies, "cells", what=["growth", "division-times", "lineage-tree", "kymograph"], options=options
)
print(others["growth"].table.to_pandas().describe())

# %% [markdown]
# The same tables and figures as files. `distnet-store analyse example-output --out figures` does it
# from the command line.

# %%
written = ds.write_analyses(figure_5 | others, folder / "figures", picture="svg")
for one in written:
    print(one.figure)
