"""Of two processes that write at once, neither loses from a list what the other has just written."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import zarr
from curated_movies import write_movie

WRITE = """
import sys, time
from pathlib import Path
from distnet_store import open_movie
import distnet_store.store.{module} as module

place, folder, what = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
write_group = module.write_group

def waits(location, path, attributes):
    # what this process found is written when the other one has finished
    if path == "{listed}" and not (folder / "ready").exists():
        (folder / "ready").touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
    write_group(location, path, attributes)

if what == "first":
    module.write_group = waits
movie = open_movie(place)
{work}
"""

TABLES = """
if what == "first":
    movie.save_selection("cells", "some", [1])
else:
    from distnet_store.pipeline.flags import write_flags
    write_flags(movie, "cells")
"""

LABELS = """
import numpy as np
from distnet_store import import_labels
import_labels(movie, np.ones((4, 24, 24), np.int32), what)
"""


def start(script: Path, place: str, what: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, script, place, script.parent, what])


@pytest.mark.parametrize(
    ("module", "listed", "work", "names"),
    [
        ("tables", "tables", TABLES, {"cells/flags", "cells/selections", "cells/objects"}),
        ("results", "labels", LABELS, {"cells", "first", "second"}),
    ],
)
def test_a_list_names_what_both_wrote(
    tmp_path: Path, module: str, listed: str, work: str, names: set[str]
) -> None:
    """The first has looked what is there; the second writes all of its own; then the first writes its list."""
    movie = write_movie(tmp_path, maps=False)
    script = tmp_path / "write.py"
    script.write_text(WRITE.format(module=module, listed=listed, work=work))
    first = start(script, movie.url, "first")
    while not (tmp_path / "ready").exists():
        assert first.poll() is None, "it ended before it wrote the list"
        time.sleep(0.01)
    assert start(script, movie.url, "second").wait() == 0
    (tmp_path / "go").touch()
    assert first.wait() == 0
    attributes = zarr.open_group(f"{movie.url}/{listed}", mode="r").attrs.asdict()
    found = attributes["tables"] if listed == "tables" else attributes["ome"]["labels"]
    assert names <= set(found)
