"""Does the atlas show each kind of error, the worst first, and hold everything that it needs?"""

import re
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from evaluated_movies import (
    DAMAGED_LINKS,
    LINKS,
    SHAPE,
    damaged_labels,
    make_movie,
    reference_labels,
)

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.two_outlines import REFERENCE_COLOR, RESULT_COLOR
from distnet_store.pipeline.atlas.error_caption import caption
from distnet_store.pipeline.atlas.error_crops import ErrorCrop, crop_errors
from distnet_store.pipeline.atlas.error_order import (
    ErrorRow,
    error_list,
    examples,
    worst_lineage_first,
)
from distnet_store.pipeline.atlas.write_atlas import write_atlas
from distnet_store.pipeline.evaluate import compare_sides
from distnet_store.pipeline.evaluation.sides import Side
from distnet_store.spec.parameters import EvaluationParameters
from distnet_store.store.movie import Movie


def side(name: str, labels: np.ndarray, links: np.ndarray) -> Side:
    return Side(name, SHAPE, lambda t: labels[t], links)


REFERENCE = side("reference", reference_labels(), LINKS)
RESULT = side("cells", damaged_labels(), DAMAGED_LINKS)
ERRORS = compare_sides(REFERENCE, RESULT).errors


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    return make_movie(tmp_path_factory.mktemp("atlas") / "small.ome.zarr")


def crop(kind: str, images: Movie | None = None, place: int = 0) -> ErrorCrop:
    rows = [row for row in error_list(ERRORS) if row["kind"] == kind]
    return crop_errors(rows, REFERENCE, RESULT, images)[place]


# Which errors


def error(t: int, **values: object) -> ErrorRow:
    """An error that counts once, of lineage 1."""
    row = dict.fromkeys(ErrorRow.__annotations__, 0) | {"t": t, "target_t": None}
    row |= {name: [] for name in row if name.endswith("labels")}
    row |= {"kind": "false negative", "count": 1, "counted": True, "forgiven": False}
    return row | {"reference_track_ids": [1]} | values


def test_the_lineage_with_most_errors_comes_first_and_what_does_not_count_last() -> None:
    rows = [
        error(0, reference_track_ids=[]),
        error(1, counted=False, reference_track_ids=[4]),
        error(2, reference_track_ids=[2]),
        error(3, forgiven=True, reference_track_ids=[2]),
        error(4, reference_track_ids=[2, 3]),
        error(5, reference_track_ids=[3], count=2),
    ]
    assert [row["t"] for row in worst_lineage_first(rows)] == [4, 5, 2, 0, 3, 1]


def test_examples_come_from_frames_all_over_the_movie() -> None:
    rows = [error(t, y=y) for t in range(32) for y in range(5)]
    times = [row["t"] for row in examples(rows, 8)]
    assert times == sorted(set(times))
    assert max(np.diff(times)) <= 8
    assert times[-1] - times[0] >= 24


def test_examples_begin_with_what_counts_and_counts_most() -> None:
    rows = [error(0, counted=False), error(1, forgiven=True), error(2), error(3, count=3)]
    assert [row["t"] for row in examples(rows, 4)] == [3, 2, 1, 0]
    assert [row["t"] for row in examples(rows, 2)] == [3, 2]


def test_the_order_of_rows_does_not_choose_the_examples() -> None:
    rows = [error(t % 7, y=t, x=t % 3) for t in range(40)]
    shuffled = [rows[place] for place in np.random.default_rng(0).permutation(40)]
    assert examples(shuffled, 10) == examples(rows, 10)


# Pictures


def share(picture: np.ndarray, color: tuple[float, float, float]) -> float:
    return float((np.abs(picture - color) < 0.01).all(axis=-1).mean())


def test_a_missed_cell_has_the_colour_of_the_reference_only(images: Movie) -> None:
    picture = crop("false negative", images).picture
    assert share(picture, REFERENCE_COLOR) > 0.003
    assert share(picture, RESULT_COLOR) == 0


def test_an_extra_cell_has_the_colour_of_the_result_only(images: Movie) -> None:
    picture = crop("false positive", images).picture
    assert share(picture, RESULT_COLOR) > 0.003
    assert share(picture, REFERENCE_COLOR) == 0


def test_both_outlines_are_seen_where_cells_agree() -> None:
    picture = crop("over-segmentation").picture
    assert share(picture, REFERENCE_COLOR) > 0.003
    assert share(picture, RESULT_COLOR) > 0.003


def test_raw_pixels_are_shown_where_there_are_any(images: Movie) -> None:
    raw, labels = crop("false positive", images).picture, crop("false positive").picture
    assert raw.shape == labels.shape
    assert len(np.unique(raw)) > 3 * len(np.unique(labels))


def test_a_link_is_shown_between_two_frames_and_a_missing_one_is_the_reference_s() -> None:
    found = crop("false negative link")
    assert [t for _, t in found.panels] == [0, 1]
    (arrow,) = [arrow for arrow in found.arrows if arrow.meant]
    assert arrow.side == "reference"
    assert arrow.start[0] < found.panels[1][0] < arrow.end[0]


def test_arrows_lead_from_centre_to_centre_of_the_cells() -> None:
    found = crop("false negative link")
    (arrow,) = [arrow for arrow in found.arrows if arrow.meant]
    # B lies in rows 32 to 39 and columns 30 to 49; shown are rows from 16 and columns from 20, 7 times enlarged
    assert arrow.start == ((40 - 20) * 7 - 0.5, (36 - 16) * 7 - 0.5)
    assert arrow.end == (found.panels[1][0] + arrow.start[0], arrow.start[1])


def test_links_of_the_other_side_are_shown_beside_it() -> None:
    found = crop("unlinked part", place=1)  # from frame 1 on
    assert [(arrow.side, arrow.meant) for arrow in found.arrows] == [
        ("result", False),
        ("reference", True),
    ]


def test_large_places_are_thinned_out() -> None:
    labels = np.zeros((1, 1500, 40), np.int64)
    labels[0, 20:1480, 10:30] = 1
    big = Side("a", (1, 1500, 40), lambda t: labels[t], None)
    none = Side("b", (1, 1500, 40), lambda t: 0 * labels[t], None)
    (found,) = crop_errors(error_list(compare_sides(big, none).errors), big, none, None)
    assert found.picture.shape[0] <= 560


def test_each_frame_is_read_once_for_errors_of_one_kind() -> None:
    read: list[int] = []
    labels = damaged_labels()
    counting = Side("cells", SHAPE, lambda t: read.append(t) or labels[t], DAMAGED_LINKS)
    rows = [error(t, bbox_y1=9, bbox_x1=9) for t in (3, 0, 3, 1, 0)]
    crop_errors(rows, REFERENCE, counting, None)
    assert read == [0, 1, 3]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (0, "false negative link · frames 0 → 1 · reference 2 → 2 · lineage 2"),
        (2, "over-segmentation · frame 1 · reference 1 · result 1, 7 · lineage 1"),
        (3, "unlinked part · frames 1 → 2 · reference 1 → – · result 7 → – · lineage 1"),
    ],
)
def test_a_caption_names_kind_frames_and_cells(place: int, text: str) -> None:
    assert caption(error_list(ERRORS)[place]) == text


def test_a_caption_says_what_does_not_count() -> None:
    text = caption(error(0, counted=False, forgiven=True, count=3, reference_labels=[*range(9)]))
    assert "counts 3 · not counted: at the border" in text
    assert "forgiven" in text
    assert "reference 0, 1, 2, 3, 4, 5 and 3 more" in text


# The page and the sheet


class Page(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, images: Movie) -> Page:
    path = tmp_path_factory.mktemp("page") / "new" / "atlas.html"
    title = 'Errors of <script>alert(1)</script> & "others"'
    parameters = EvaluationParameters(margin=3)
    write_atlas(path, REFERENCE, RESULT, ERRORS, images=images, parameters=parameters, title=title)
    return Page(path.read_text(encoding="utf-8"))


def test_the_page_shows_every_error_with_a_text_for_who_cannot_see_it(page: Page) -> None:
    pictures = page.all("img")
    assert len(pictures) == ERRORS.num_rows
    assert all("outlines of the reference in orange" in str(p["alt"]) for p in pictures)
    assert "unlinked part · frames 1 → 2" in page.text


def test_the_page_is_whole_and_needs_nothing_else(page: Page) -> None:
    assert page.open == []
    assert page.all("script") == page.all("link") == []
    assert all(str(p["src"]).startswith("data:image/png;base64,") for p in page.all("img"))
    assert {str(a["href"])[0] for a in page.all("a")} == {"#"}


def test_what_comes_from_data_is_no_markup(page: Page) -> None:
    assert 'Errors of <script>alert(1)</script> & "others"' in page.text


def test_the_page_says_what_was_compared_and_how(page: Page) -> None:
    assert "The result cells was compared with the reference reference." in page.text
    assert re.search(r"margin3pixel; cells this near", page.text)
    anchors = {str(a["href"])[1:] for a in page.all("a")}
    assert anchors == {str(s["id"]) for s in page.all("section")}
    assert "false-positive" in anchors
    assert "under-segmentation" not in anchors


def test_a_page_without_errors_says_so(tmp_path: Path) -> None:
    path = write_atlas(tmp_path / "a.html", REFERENCE, REFERENCE, ERRORS.slice(0, 0), images=None)
    page = Page(path.read_text(encoding="utf-8"))
    assert "There are no errors." in page.text
    assert page.all("img") == []


def test_errors_that_are_not_shown_are_counted(tmp_path: Path) -> None:
    path = write_atlas(tmp_path / "a.html", REFERENCE, RESULT, ERRORS, images=None, per_kind=1)
    assert "1 more are not shown." in path.read_text(encoding="utf-8")


def test_the_sheet_is_a_picture_of_all_kinds(tmp_path: Path, images: Movie) -> None:
    path = write_atlas(tmp_path / "a.png", REFERENCE, RESULT, ERRORS, images=images, title="$x")
    sheet = matplotlib.image.imread(path)[..., :3]
    assert share(sheet, RESULT_COLOR) > 0.0003
    assert share(sheet, REFERENCE_COLOR) > 0.0003
    empty = write_atlas(tmp_path / "b.png", REFERENCE, RESULT, ERRORS.slice(0, 0), images=None)
    assert matplotlib.image.imread(empty).shape[0] < sheet.shape[0] / 3


def test_the_same_errors_give_the_same_page(tmp_path: Path) -> None:
    pages = [
        write_atlas(tmp_path / f"{n}.html", REFERENCE, RESULT, ERRORS, images=None).read_bytes()
        for n in range(2)
    ]
    assert pages[0] == pages[1]


def test_another_kind_of_file_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(WrongArgumentError, match=r"\.html or \.png"):
        write_atlas(tmp_path / "a.pdf", REFERENCE, RESULT, ERRORS, images=None)
    assert list(tmp_path.iterdir()) == []
