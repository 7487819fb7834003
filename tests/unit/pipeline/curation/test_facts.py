"""What a person said stands until a person says otherwise."""

from distnet_store.pipeline.curation.facts import facts_of
from distnet_store.spec.curation_table import EditRecord


def record(operation: str, before=(), after=(), made=(), removed=()) -> EditRecord:
    return EditRecord(
        operation=operation,
        t=0,
        before=before,
        after=after,
        links_made=made,
        links_removed=removed,
    )


def test_cells_are_facts_until_they_are_taken_away() -> None:
    drawn = record("draw", (), (5,))
    assert facts_of([drawn]).cells.tolist() == [5]
    assert facts_of([drawn, record("delete", (5,), ())]).cells.size == 0
    assert facts_of([drawn, record("merge", (5, 7), (7,))]).cells.tolist() == [7]


def test_links_that_only_followed_are_no_facts() -> None:
    assert facts_of([record("split", (5,), (5, 6), made=((1, 6),))]).links.size == 0


def test_a_link_that_is_removed_is_forbidden_until_it_is_made() -> None:
    linked = record("link", (1, 5), (1, 5), made=((1, 5),))
    cut = record("unlink", (1, 5), (1, 5), removed=((1, 5),))
    assert facts_of([linked]).links.tolist() == [[1, 5]]
    assert facts_of([linked, cut]).links.size == 0
    assert facts_of([linked, cut]).unlinked.tolist() == [[1, 5]]
    assert facts_of([cut, linked]).unlinked.size == 0


def test_links_of_merged_cells_are_those_of_the_new_one() -> None:
    linked = record("link", (1, 5), (1, 5), made=((1, 5),))
    merged = record("merge", (5, 7), (7,), made=((1, 7),), removed=((1, 5),))
    assert facts_of([linked, merged]).links.tolist() == [[1, 7]]


def test_what_is_said_of_a_cell_goes_with_it() -> None:
    cut = record("unlink", (1, 5), (1, 5), removed=((1, 5),))
    assert facts_of([cut, record("delete", (5,), ())]).unlinked.size == 0


def test_links_that_a_division_removed_are_forbidden() -> None:
    divided = record("divide", (1, 5, 6), (1, 5, 6), made=((1, 5), (1, 6)), removed=((2, 6),))
    facts = facts_of([divided])
    assert facts.links.tolist() == [[1, 5], [1, 6]]
    assert facts.unlinked.tolist() == [[2, 6]]
