"""Fine-tune the network on labelled frames of your own.

Training goes on from the weights of the bundled model, on movies that have labels named
`reference`. Four steps show how it is done; they make no better model. A real one takes some
hundred steps for each of some ten epochs, and movies held back to choose the best epoch.
"""

# %%
from pathlib import Path

import pandas as pd

import distnet_store as ds

chambers = Path(__file__).parent / "data/mother-machine"
folder = Path("example-output")
folder.mkdir(exist_ok=True)

# %% [markdown]
# One movie to train on, and one that the network has never seen.


# %%
def labelled(name: str) -> ds.Movie:
    """Return a chamber as a dataset with its reference."""
    movie = ds.import_movie(
        chambers / name / "img_phase.tif",
        folder / f"{name}-labelled.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
        overwrite=True,
    )
    return ds.import_labels(
        movie, chambers / name / "labels_ctc.tif", links=chambers / name / "man_track.txt"
    )


own, other = labelled("chamber09"), labelled("chamber11")

# %% [markdown]
# The network's shape is that of the model that it starts from. `tile` is the part of a frame that
# it sees at a time; frames are turned, stretched and given other contrasts on the way, so that a
# few labelled frames are worth more. With `validation=[...]` the epoch that does best on movies
# held back is kept, here the last one.

# %%
start = ds.load_model(ds.find_model("bacteria"))
options = ds.TrainingOptions(
    network=start.card.network, tile=(32, 24), batch=1, steps=2, epochs=2, learning_rate=1e-4
)
model = folder / "own.safetensors"
card = ds.train([own], model, options, initial="bacteria", overwrite=True)
losses = pd.read_csv(model.with_suffix(".csv"))
print(losses)
print("cells are", card.object_thickness, "pixels wide")

# %% [markdown]
# A model is one file, with a card that says what it was trained on. It takes the place of the
# bundled one by its path.

# %%
runs = ds.run(other, ds.RunOptions(model=model, name="own"))
print(runs["segment"].record.counts)
