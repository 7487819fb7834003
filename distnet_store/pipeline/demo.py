"""How is the main job shown on a real movie? Import, run, compare with the reference, draw, query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.evaluate import Scores, evaluate
from distnet_store.pipeline.execute import Run
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.overview import draw_overview
from distnet_store.pipeline.run import RunOptions, run
from distnet_store.pipeline.segment import DEFAULT_RESULT
from distnet_store.store.movie import Movie

CHAMBERS = ("chamber09", "chamber10", "chamber11")
"""Real chambers that the bundled model was not trained on."""


@dataclass(frozen=True)
class DemoResult:
    """One chamber: its dataset, what ran, how it was judged by the reference, and the picture."""

    movie: Movie
    runs: dict[str, Run]
    scores: Scores
    picture: Path


def run_demo(
    examples: Path, folder: Path, *, on_progress: Callable[[str, int, int], None] | None = None
) -> list[DemoResult]:
    """Run everything on the three example chambers in `examples`; write datasets and pictures to `folder`.

    Datasets of an earlier demo in the folder are replaced.

    Raises:
        NotFoundError: the example files are not there.
    """
    missing = [name for name in CHAMBERS if not (examples / name / "img_phase.tif").is_file()]
    if missing:
        raise NotFoundError(
            "the example movies are not there",
            expected="examples/data/mother-machine of the source repository",
            found=f"no {', '.join(missing)}",
            where=str(examples),
            remedy="run this in a clone of the repository, or name the folder with --examples",
        )
    return [
        _chamber(examples / name, folder / f"{name}.ome.zarr", on_progress) for name in CHAMBERS
    ]


def _chamber(
    source: Path, target: Path, on_progress: Callable[[str, int, int], None] | None
) -> DemoResult:
    movie = import_movie(
        source / "img_phase.tif",
        target,
        pixel_size_um="unknown",
        frame_interval_s="unknown",
        overwrite=True,
    )
    movie = import_labels(movie, source / "labels_ctc.tif", links=source / "man_track.txt")
    runs = run(movie, RunOptions(), on_progress=on_progress)
    picture = target.with_name(f"{source.name}-overview.png")
    draw_overview(
        movie,
        DEFAULT_RESULT,
        picture,
        title=f"{source.name} (E. coli, phase contrast), bundled model",
    )
    return DemoResult(movie, runs, evaluate(movie, on_progress=on_progress), picture)
