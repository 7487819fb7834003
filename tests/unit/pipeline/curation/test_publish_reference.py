"""What was confirmed becomes a reference of those frames only, and training looks at no others."""

from pathlib import Path

import numpy as np
import pytest

from distnet_store.errors import (
    InvalidDatasetError,
    NotFoundError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.model.class_weights import class_weights
from distnet_store.model.training_movie import TrainingMovie
from distnet_store.pipeline.curation.curation import movie_curation
from distnet_store.pipeline.curation.edit_types import Confirm
from distnet_store.pipeline.curation.publish_reference import confirmed_runs, publish_reference
from distnet_store.pipeline.train import typical_thickness
from distnet_store.store.annotated_frames import annotated_frames
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.validate import validate


def test_frames_count_in_which_every_cell_is_confirmed(movie: Movie) -> None:
    curation = movie_curation(movie, "cells")
    assert confirmed_runs(movie, "cells") == ()
    curation.apply([Confirm(frames=(0, 1))])
    curation.apply([Confirm(cells=((3, 1), (3, 2)))])
    assert confirmed_runs(movie, "cells") == (range(2),)
    curation.apply([Confirm(cells=((3, 3),))])
    assert confirmed_runs(movie, "cells") == (range(2), range(3, 4))
    curation.undo()
    assert confirmed_runs(movie, "cells") == (range(2),)


def test_the_reference_has_the_confirmed_frames_with_their_links(movie: Movie) -> None:
    movie_curation(movie, "cells").apply([Confirm(frames=(0, 1, 3))])
    done = publish_reference(movie, "cells", target="training")
    assert done.runs == (range(2), range(3, 4))
    assert (done.counts["objects"], done.counts["links"]) == (7, 2)
    written = open_movie(movie.url)
    assert annotated_frames(written.location, "training", 4) == done.runs
    for t in (0, 1, 3):
        assert np.array_equal(written.labels_frame("training", t), movie.labels_frame("cells", t))
    assert not written.labels_frame("training", 2).any()
    assert validate(movie.url, deep=True).problems == ()
    again = publish_reference(written, "cells", target="training")
    assert again == done


def test_what_is_there_is_replaced_only_if_asked(movie: Movie) -> None:
    curation = movie_curation(movie, "cells")
    with pytest.raises(NotFoundError, match="no frame of 'cells' is confirmed"):
        publish_reference(movie, "cells")
    curation.apply([Confirm(frames=(0,))])
    with pytest.raises(WrongArgumentError, match="over itself"):
        publish_reference(movie, "cells", target="cells")
    with pytest.raises(TargetExistsError, match="labels/reference exists"):
        publish_reference(movie, "cells")
    publish_reference(movie, "cells", overwrite=True)
    assert annotated_frames(movie.location, "reference", 4) == (range(1),)
    assert annotated_frames(movie.location, "cells", 4) == (range(4),)


def test_thickness_comes_from_annotated_frames_only(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    movie_curation(movie, "cells").apply([Confirm(frames=(2,))])
    publish_reference(movie, "cells", target="training")
    monkeypatch.setattr("distnet_store.pipeline.typical_thickness._FRAMES", 1)
    # of all frames it would look at the first one, which is empty in the reference
    assert typical_thickness([open_movie(movie.url)], "training") > 0


@pytest.mark.parametrize("found", [[], [[2, 1]], [[0, 9]], "all", [[0, 2], [1, 3]], 7])
def test_a_list_of_frames_that_cannot_be_is_told(movie: Movie, found: object) -> None:
    import zarr

    group = zarr.open_group(Path(movie.url) / "labels/cells", mode="r+")
    group.attrs["annotated_frames"] = found
    with pytest.raises(InvalidDatasetError, match="annotated frames"):
        annotated_frames(movie.location, "cells", 4)


def test_class_weights_know_no_frame_and_no_link_outside_the_runs() -> None:
    """In the run all cells go on; outside, where none does, and on the way out, nothing counts."""

    def labels(t: int) -> np.ndarray:
        return np.array([[1, 2]])

    inside = np.array([(0, 1, 1, 1), (0, 2, 1, 2)])
    across = np.concatenate([inside, [(1, 1, 2, 1), (1, 2, 2, 2)]])
    runs = (range(2),)
    known = class_weights([TrainingMovie("m", 6, labels, labels, across, runs=runs)])
    assert known.tolist() == class_weights([TrainingMovie("m", 2, labels, labels, inside)]).tolist()
    assert known.tolist() != class_weights([TrainingMovie("m", 6, labels, labels, across)]).tolist()
