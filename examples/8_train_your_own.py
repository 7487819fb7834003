"""Train a model of your own from a folder of images and a folder of masks.

docs/train-your-own.md is the same on the command line, with real numbers of steps. A few steps on
four small stills show here how it is done; they make no good model.
"""

# %%
from pathlib import Path

import pandas as pd

import distnet_store as ds

stills = Path(__file__).parent / "data/t98g-stills"
folder = Path("example-output")
folder.mkdir(exist_ok=True)

START = "bacteria"
"""Model to go on from."""
STEPS, EPOCHS, TILE = 1, 2, (32, 32)
"""For a real model: 100, 10, (256, 256)."""

# %% [markdown]
# Each image becomes a dataset, and its mask the labels `reference`. On the command line this is
# `distnet-store import images stills --each --labels masks --pixel-size 0.87`.

# %%
movies = []
for image in sorted((stills / "images").glob("*.tif")):
    movie = ds.import_movie(
        image, folder / f"{image.stem}.ome.zarr", pixel_size_um=0.87, overwrite=True
    )
    movies.append(ds.import_labels(movie, stills / "masks" / f"{image.stem}_mask.tif"))

# %% [markdown]
# One still is held back: the network never sees it, and it tells how good the model is.

# %%
*known, held_back = movies
start = ds.load_model(ds.find_model(START))
options = ds.TrainingOptions(
    network=start.card.network,
    tile=TILE,
    batch=1,
    steps=STEPS,
    epochs=EPOCHS,
    learning_rate=1e-4,
)
model = folder / "own.safetensors"
card = ds.train(known, model, options, initial=START, overwrite=True)
losses = pd.read_csv(model.with_suffix(".csv"))
print(losses[["epoch", "loss", "edm_loss", "gdcm_loss"]])

# %% [markdown]
# The model finds the cells of the still that was held back, and its mask judges them. After so few
# steps most are wrong.

# %%
runs = ds.run(held_back, ds.RunOptions(model=model, name="own"))
scores = ds.evaluate(ds.open_movie(held_back.url), name="own")
print("cells found:", runs["segment"].record.counts["cells"])
print("wrong, percent:", scores.values["segmentation_percent"])
