"""A movie judged in blocks of frames, of whatever length, is judged as a whole."""

from evaluation_strategies import movies_with_choices
from hypothesis import given
from hypothesis import strategies as st

from distnet_store.metrics.evaluation import evaluate_labels
from distnet_store.spec.parameters import EvaluationParameters


@given(movies_with_choices(), st.integers(1, 4))
def test_the_length_of_blocks_changes_nothing(drawn, block_frames):
    movie, choices = drawn
    parameters = EvaluationParameters(**choices)

    def judged(block_frames):
        return evaluate_labels(
            movie.frames,
            movie.reference_links,
            movie.result_links,
            parameters=parameters,
            block_frames=block_frames,
        )

    whole, parts = judged(1000), judged(block_frames)
    assert parts.counts == whole.counts
    assert parts.errors.equals(whole.errors)
    assert parts.lineages.equals(whole.lineages)
    assert parts.frames.equals(whole.frames)
    assert parts.pairs.equals(whole.pairs)
