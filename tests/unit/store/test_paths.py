"""Can a name from a user or a file lead out of the dataset?"""

import pytest

from distnet_store.errors import WrongArgumentError
from distnet_store.store import paths


@pytest.mark.parametrize("name", ["cells", "a", "0", "cells-tracks", "net_2.1", "x" * 64])
def test_plain_names_are_taken(name: str) -> None:
    assert paths.check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "../cells", "a/b", "a\\b", "/etc", "-x", ".hidden", "a b", "ä", "a\0",
        "cells\n", "x" * 65, "C:", "s3://b", "%2e%2e",
    ],
)  # fmt: skip
def test_names_that_could_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(WrongArgumentError, match="cannot be the name"):
        paths.check_name(name)


@pytest.mark.parametrize(
    "build",
    [
        paths.label_image,
        paths.prediction,
        lambda name: paths.table(name, "objects"),
        lambda name: paths.table_file(name, "objects"),
    ],
)
def test_every_path_of_a_result_checks_its_name(build) -> None:
    with pytest.raises(WrongArgumentError):
        build("../x")


def test_paths_are_those_of_the_format() -> None:
    assert paths.level(1) == "s1"
    assert paths.label_image("cells") == "labels/cells"
    assert paths.prediction("net") == "predictions/net"
    assert paths.prediction("net", "edm") == "predictions/net/edm"
    assert paths.table_file("cells", "links") == "tables/cells/links/table.parquet"
    folder = paths.run("link", "cells", "0123456789abcdef0123")
    assert folder == ".distnet/runs/link-cells-0123456789abcdef"
    assert paths.run_record(folder) == f"{folder}/run.json"
    assert paths.unit_marker(folder, "t0") == f"{folder}/units/t0.json"
    assert paths.unit_part(folder, "t0", "links") == f"{folder}/parts/links-t0.parquet"
    staged = paths.staging("0123456789abcdef0123", "labels/cells")
    assert staged == ".distnet/staging/0123456789abcdef/labels/cells"
