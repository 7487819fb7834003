"""Windows are drawn from annotated runs of frames, and none looks over the end of its run."""

import numpy as np

from distnet_store.model.samples import SampleBatches, SamplingParameters
from distnet_store.model.training_movie import TrainingMovie
from distnet_store.spec.model_card import NetworkConfig


def test_no_frame_outside_the_annotated_runs_is_read() -> None:
    read: set[int] = set()

    def frame(t: int) -> np.ndarray:
        read.add(t)
        return np.full((16, 16), t, np.float32)

    def labels(t: int) -> np.ndarray:
        read.add(t)
        image = np.zeros((16, 16), np.int32)
        image[4:9, 4:9] = 1
        return image

    links = np.array([(t, 1, t + 1, 1) for t in range(9)])
    movie = TrainingMovie("m", 10, frame, labels, links, runs=(range(1, 4), range(7, 9)))
    parameters = SamplingParameters(tile=(16, 16), batch=8, gaps=(1, 2), seed=1)
    batches = SampleBatches([movie], NetworkConfig(frames=5), parameters)
    for index in range(4):
        batches.batch(0, index)
    assert read == {1, 2, 3, 7, 8}
