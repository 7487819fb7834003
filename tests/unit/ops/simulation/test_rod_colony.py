"""Do rods keep their numbers, and their daughters their place, from one frame to the next?"""

from __future__ import annotations

import numpy as np

from distnet_store.ops.simulation.rod_colony import next_rods, seed_rods
from distnet_store.ops.simulation.rod_parameters import RodGrowth, RodsParameters, StageMotion

PARAMETERS = RodsParameters(
    shape_px=(96, 96),
    n_cells=16,
    growth=RodGrowth(generation_frames=10),
    stage=StageMotion(drift_px=(9.0, 0.0)),
)


def test_numbers_ascend_and_are_never_given_twice() -> None:
    """Also where rods leave the arena on one side and enter it on the other."""
    rng = np.random.default_rng(0)
    rods, given = seed_rods(PARAMETERS, rng), 0
    for _ in range(30):
        later = next_rods(rods, PARAMETERS, (9.0, 0.0), rng)
        assert (np.diff(later.number) > 0).all()
        new = later.number[later.number > rods.n_numbers]
        assert set(later.number.tolist()) - set(new.tolist()) <= set(rods.number.tolist())
        given += new.size - (later.mother[later.number > rods.n_numbers] > 0).sum()
        rods = later
    assert given > 20, "rods that entered"


def test_daughters_lie_in_line_about_the_middle_of_their_mother() -> None:
    """In an empty field nothing but their own contact moves them."""
    parameters = RodsParameters(
        shape_px=(96, 96), n_cells=1, growth=RodGrowth(generation_frames=10)
    )
    rng = np.random.default_rng(1)
    rods, n_divisions = seed_rods(parameters, rng), 0
    for _ in range(60):
        later = next_rods(rods, parameters, (0.0, 0.0), rng)
        for mother in np.unique(later.mother[later.mother > 0]):
            daughters, half = np.flatnonzero(later.mother == mother), later.bodies.size[:, 0] / 2
            if daughters.size < 2:  # one was out of sight, and taken away
                continue
            one, other = daughters
            apart = later.bodies.centre[one] - later.bodies.centre[other]
            assert np.hypot(*apart) > 0.85 * (half[one] + half[other])
            along = abs(apart @ later.bodies.axis[one]) / np.hypot(*apart)
            assert along > 0.9
            n_divisions += 1
        rods = later
    assert n_divisions > 10
