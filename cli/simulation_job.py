"""What do the options of `simulate` ask for, and how is it carried out, once or many times?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .choices import decimals, one_of, size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from distnet_store.ops.simulation.movie_parameters import Contrast, SimulationParameters
    from distnet_store.ops.simulation.random_movies import RandomMovies
    from distnet_store.ops.simulation.shape_parameters import ShapeParameters
    from distnet_store.pipeline.workers import Crew
    from distnet_store.store.movie import Movie

    from .output import Output, StepProgress

_FRAMES, _FRAMES_OF_MANY, _SIZE = 50, 12, "256x256"


@dataclass(frozen=True)
class SimulationJob:
    """The options as they were given; None where one was not."""

    kind: str
    contrast: str | None
    frames: int | None
    size_px: str | None
    seed: int
    bright: bool | None
    drift: str | None
    jumps: tuple[str, ...]
    settings: tuple[str, ...]
    shapes: str | None
    links: str | None
    shapes_labels: str
    magnification: float | None
    pixel_size: float | None
    frame_interval: float | None
    name: str
    overwrite: bool

    def check_options(self) -> None:
        """Refuse options that have no meaning beside one another.

        Raises:
            WrongArgumentError: an option of given shapes without them, or one beside them that they decide.
        """
        if self.shapes is None:
            of_shapes = {
                "--links": self.links,
                "--magnification": self.magnification,
                "--pixel-size": self.pixel_size,
                "--frame-interval": self.frame_interval,
            }
            _refuse(of_shapes, "is for given shapes only", "give --shapes LABELS, or leave it out")
            return
        of_life: dict[str, object] = {"--frames": self.frames, "--size": self.size_px}
        of_life |= {"--drift": self.drift, "--jump": self.jumps or None}
        _refuse(of_life, "follows from the given shapes", "leave it out, or leave --shapes out")

    def parameters(self) -> SimulationParameters | ShapeParameters:
        """Return the parameters of a single movie."""
        from distnet_store.ops.simulation.movie_parameters import KINDS, simulation_parameters
        from distnet_store.ops.simulation.shape_parameters import shape_parameters

        kind, contrast = one_of(self.kind, KINDS, "--kind"), self._contrast() or "phase"
        bright = bool(self.bright)
        if self.shapes is not None:
            return shape_parameters(
                kind=kind,
                contrast=contrast,
                seed=self.seed,
                bright=bright,
                magnification=1.0 if self.magnification is None else self.magnification,
                settings=self.settings,
            )
        return simulation_parameters(
            kind=kind,
            contrast=contrast,
            n_frames=_FRAMES if self.frames is None else self.frames,
            shape_px=size(self.size_px or _SIZE, "--size"),
            seed=self.seed,
            bright=bright,
            drift_px=decimals(self.drift or "0,0", 2, "--drift"),
            jumps=[decimals(text, 3, "--jump") for text in self.jumps],
            settings=self.settings,
        )

    def random_movies(self, n_movies: int) -> RandomMovies:
        """Return many movies that draw what was not given.

        Raises:
            WrongArgumentError: a motion of the stage was given, which each movie draws.
        """
        from distnet_store.ops.simulation.movie_parameters import KINDS, read_any_settings
        from distnet_store.ops.simulation.random_movies import RandomMovies

        of_stage = {"--drift": self.drift, "--jump": self.jumps or None}
        _refuse(of_stage, "is drawn for each of many movies", "leave it out, or leave --movies out")
        return RandomMovies(
            n_movies=n_movies,
            kind=one_of(self.kind, KINDS, "--kind"),
            contrast=self._contrast(),
            bright=self.bright,
            n_frames=_FRAMES_OF_MANY if self.frames is None else self.frames,
            shape_px=size(self.size_px or _SIZE, "--size"),
            seed=self.seed,
            fixed=read_any_settings(self.settings),
        )

    def carry_out(
        self, parameters: SimulationParameters | ShapeParameters, target: str, output: Output
    ) -> Movie:
        """Write one movie and say so."""
        with output.progress() as progress:
            movie = self._write(parameters, target, progress)
        height, width = movie.shape[2:]
        output.event(
            "simulated",
            {"target": target, "shape_tcyx": movie.shape, "labels": movie.label_names()},
        )
        output.line(
            f"{target}: simulated {parameters.kind}, {parameters.contrast}, {movie.n_frames} frames, "
            f"{height} × {width} pixels, labels {self.name!r}"
        )
        return movie

    def carry_out_many(self, n_movies: int, target: str, output: Output) -> None:
        """Write many movies into a folder; datasets that are there are left as they are."""
        from distnet_store.pipeline.workers import Crew, Workers
        from distnet_store.store.collection import Collection
        from distnet_store.store.location import locate
        from distnet_store.store.paths import ROOT_METADATA

        from .each_movie import on_collection

        many = self.random_movies(n_movies)
        made = Collection(target, many.names())
        index_of = {made.url_of(name): index for index, name in enumerate(made.names)}

        def work(dataset: str, output: Output, _crew: Crew) -> Mapping[str, object]:
            if not self.overwrite and locate(dataset).exists(ROOT_METADATA):
                output.line("there already: left as it is")
                return {"frames": 0}
            index = index_of[dataset]
            drawn = many.movie(index)
            parameters = drawn if self.shapes is None else many.pictures(index, self.magnification)
            return {"frames": self.carry_out(parameters, dataset, output).n_frames}

        on_collection(made, output, work, Crew(Workers()))

    def _contrast(self) -> Contrast | None:
        from distnet_store.ops.simulation.movie_parameters import CONTRASTS

        return None if self.contrast is None else one_of(self.contrast, CONTRASTS, "--contrast")

    def _write(
        self,
        parameters: SimulationParameters | ShapeParameters,
        target: str,
        progress: StepProgress,
    ) -> Movie:
        from distnet_store.ops.simulation.movie_parameters import SimulationParameters
        from distnet_store.pipeline.simulate import simulate
        from distnet_store.pipeline.simulate_shapes import simulate_shapes

        if isinstance(parameters, SimulationParameters):
            return simulate(
                target,
                parameters,
                name=self.name,
                overwrite=self.overwrite,
                on_progress=progress,
            )
        assert self.shapes is not None, "only given shapes have such parameters"  # noqa: S101 - our own logic
        return simulate_shapes(
            self.shapes,
            target,
            parameters,
            links=self.links,
            labels=self.shapes_labels,
            pixel_size_um=self.pixel_size,
            frame_interval_s=self.frame_interval,
            name=self.name,
            overwrite=self.overwrite,
            on_progress=progress,
        )


def _refuse(options: Mapping[str, object], why: str, remedy: str) -> None:
    """Raise for the first option that was given."""
    from distnet_store.errors import WrongArgumentError

    for option, value in options.items():
        if value is not None:
            raise WrongArgumentError(f"{option} {why}", found=f"{option} {value}", remedy=remedy)
