"""How is a report of one or several datasets written? As one page that needs nothing else."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Final

from distnet_store.errors import TargetExistsError, WrongArgumentError
from distnet_store.package_version import __version__
from distnet_store.pipeline.each_movie import Outcome
from distnet_store.pipeline.report.movie_report import (
    MovieReport,
    ReportOptions,
    movie_report,
    table_html,
)
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.store.movie import Movie

Reported = Callable[[str, int, int], None]
"""Is told a movie's name, and how many of how many steps of it are done."""

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --dim: #666; }
@media (prefers-color-scheme: dark) { :root { --dim: #aaa; } .plot { background: #fff; } }
* { box-sizing: border-box; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 80rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2rem 0 .25rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 50rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
.crops { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
figure { margin: 0; }
img { max-width: 100%; height: auto; display: block; }
figure img { image-rendering: pixelated; }
figcaption { font-size: .85rem; margin-top: .3rem; overflow-wrap: anywhere; }
figcaption span { color: var(--dim); }
summary { cursor: pointer; overflow-wrap: anywhere; }
footer { margin-top: 2rem; color: var(--dim); font-size: .85rem; }
"""
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1></header>
<main>
{body}
</main>
<footer>distnet-store {version}, {time}</footer>
</body>
</html>
"""


def write_report(
    movies: Sequence[Movie],
    path: str | Path,
    options: ReportOptions | None = None,
    *,
    title: str = "",
    overwrite: bool = False,
    on_progress: Reported | None = None,
) -> list[Outcome[MovieReport]]:
    """Write a page about some datasets, and return what became of each: what it says, or why it cannot.

    Of each dataset: what it is, what ran with which parameters, counts over time, the tree of lineages, films of
    the largest, what to look at first with pictures, and scores. The page holds its pictures and films, loads
    nothing, and has no script. A dataset that cannot be reported on is named with the reason, and the page holds
    the others.

    Raises:
        WrongArgumentError: there is no dataset, or the file does not end in .html.
        TargetExistsError: the file is there and `overwrite` is not set.
        StorageError: the file cannot be written.

    Example:
        >>> write_report([open_movie("chamber10.ome.zarr")], "report.html")   # doctest: +SKIP
    """
    file = Path(path)
    _check(movies, file, overwrite=overwrite)
    chosen = options or ReportOptions()
    ended = [_outcome(movie, chosen, on_progress) for movie in movies]
    name = title or (_name(movies[0]) if len(movies) == 1 else f"{len(movies)} movies")
    body = _body(ended)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes")
    page = _PAGE.format(title=escape(name), style=_STYLE, body=body, version=__version__, time=now)
    write_whole(file, page.encode())
    return ended


def _check(movies: Sequence[Movie], file: Path, *, overwrite: bool) -> None:
    if not movies:
        raise WrongArgumentError("there is no dataset to report on", expected="at least one")
    if file.suffix.lower() != ".html":
        raise WrongArgumentError(
            "a report is a page",
            expected="a file that ends in .html",
            found=file.name,
            remedy="choose another name",
        )
    if file.exists() and not overwrite:
        raise TargetExistsError(
            "the report exists",
            where=str(file),
            remedy="choose another name, or give --overwrite",
        )


def _outcome(
    movie: Movie, options: ReportOptions, on_progress: Reported | None
) -> Outcome[MovieReport]:
    name = _name(movie)

    def step(done: int, total: int) -> None:
        if on_progress is not None:
            on_progress(name, done, total)

    try:
        return Outcome(movie.url, result=movie_report(movie, options, step))
    except Exception as error:  # whatever it is, the other movies are not to blame
        return Outcome(movie.url, error=error)


def _name(movie: Movie) -> str:
    return movie.url.rstrip("/").rsplit("/", 1)[-1]


def _summary(ended: Sequence[Outcome[MovieReport]]) -> str:
    """Return a line for each movie that leads to its part, and the sums."""
    found = [one.result for one in ended if one.result is not None]
    columns = list(dict.fromkeys(key for one in found for key in one.figures))
    rows = []
    for number, one in enumerate(ended):
        link = f'<a href="#movie-{number}">{escape(one.name)}</a>'
        figures = one.result.figures if one.result else {}
        state = "" if one.error is None else f"failed: {one.error}"
        rows.append((link, *(str(figures.get(column, "")) for column in columns), state))
    sums = [sum(one.figures.get(column, 0) for one in found) for column in columns]
    rows.append(("all", *map(str, sums), ""))
    return table_html("", ("movie", *columns, ""), rows, raw_first=True)


def _body(ended: Sequence[Outcome[MovieReport]]) -> str:
    if len(ended) == 1 and ended[0].result is not None:
        return ended[0].result.html
    return "\n".join([_summary(ended), *(_part(n, one) for n, one in enumerate(ended))])


def _part(number: int, one: Outcome[MovieReport]) -> str:
    title = one.name if one.result is None else one.result.title
    text = f"<p>failed: {escape(str(one.error))}</p>" if one.result is None else one.result.html
    return f'<article id="movie-{number}"><h2>{escape(title)}</h2>\n{text}</article>'
