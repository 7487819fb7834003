"""How many errors has a result, told as docs/decisions/0009-evaluation-rules.md tells it?

Slow on purpose: pixels are sets, assignments are tried one by one. The page leaves open which of
several assignments of the very same length is taken; `every_outcome` tries them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product
from math import dist
from statistics import fmean, median

from evaluation_oracle_lineages import LineageRules
from evaluation_oracle_rules import Cell, End, Error, Rules

Pixels = dict[Cell, set[tuple[int, int]]]

Node = tuple[Cell, Cell | None]
"""A result cell, and the reference cell that a part of it stands for; None for a whole cell."""

Row = tuple[int, int, int, int]

TIE_PX = 1e-9
"""Sums of distances that differ by less are the same, computed in another order."""

SEGMENTATION = ("false negative", "false positive", "over-segmentation", "under-segmentation")
TRACKING = ("false negative link", "false positive link", "unlinked part")


@dataclass(frozen=True)
class Outcome:
    """All counts by name, the errors, those forgiven, and for each counted track if it is complete."""

    counts: dict[str, int | None]
    errors: tuple[Error, ...]
    forgiven: frozenset[Error] = frozenset()
    lineages: dict[frozenset[Cell], bool] = field(default_factory=dict)


def every_outcome(
    frames: Sequence[tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]]],
    reference_links: Iterable[Row] | None,
    result_links: Iterable[Row],
    rules: Rules,
    *,
    most: int = 64,
) -> list[Outcome]:
    """Evaluate once for every way to resolve ties between assignments, in up to `most` ways."""
    script: list[int] = []
    outcomes: list[Outcome] = []
    while len(outcomes) < most:
        widths: list[int] = []

        def choose(options: list, script=script, widths=widths):
            place = len(widths)
            widths.append(len(options))
            return options[script[place] if place < len(script) else 0]

        outcomes.append(_Evaluation(frames, reference_links, result_links, rules, choose).outcome())
        taken = [*script, *[0] * (len(widths) - len(script))]
        while taken and taken[-1] + 1 == widths[len(taken) - 1]:
            taken.pop()
        if not taken:
            break
        script = [*taken[:-1], taken[-1] + 1]
    return outcomes


class _Evaluation(LineageRules):
    """One movie, and the answers to the questions that the rules ask about it."""

    def __init__(self, frames, reference_links, result_links, rules, choose: Callable) -> None:
        self.rules = rules
        self.choose = choose
        self.n_frames = len(frames)
        self.shape = (len(frames[0][0]), len(frames[0][0][0])) if frames else (0, 0)
        self.reference = _cells(reference for reference, _ in frames)
        self.result = _cells(result for _, result in frames)
        self.has_lineage = reference_links is not None
        self.reference_links = _links(reference_links or ())
        self.result_links = _links(result_links)
        self.matches: dict[str, dict[Cell, set[Cell]]] = {
            "reference": {cell: set() for cell in self.reference},
            "result": {cell: set() for cell in self.result},
        }
        self._match()

    def outcome(self) -> Outcome:
        errors = [*self._segmentation_errors()]
        counts: dict[str, int | None] = {
            "reference_cells": len([c for c in self.reference if self._is_counted(c)]),
            "result_cells": len([c for c in self.result if self._is_counted(c, "result")]),
        }
        forgiven: frozenset[Error] = frozenset()
        lineages: dict[frozenset[Cell], bool] = {}
        if self.has_lineage:
            every = [*errors, *self._tracking_errors()]
            errors = [e for e in every if e.counted]
            forgiven = frozenset(self._forgiven(every))
            lineages = self._lineages([e for e in errors if e not in forgiven])
        for kind in (*SEGMENTATION, *TRACKING):
            name = kind.replace(" ", "_").replace("-", "_") + "s"
            known = kind in SEGMENTATION or self.has_lineage
            counts[name] = sum(e.count for e in errors if e.kind == kind) if known else None
        known = self.has_lineage
        links = [link for link in self.reference_links if self._is_link_counted(*link)]
        counts["reference_links"] = len(links) if known else None
        counts["lineages"] = len(lineages) if known else None
        counts["incomplete_lineages"] = [*lineages.values()].count(False) if known else None
        return Outcome(counts, tuple(errors), forgiven, lineages)

    def _all_links(self) -> set[tuple[Cell, Cell]]:
        return self.reference_links | self.result_links

    # Matching

    def _match(self) -> None:
        large = self._large_overlap()
        for R, S in product(self.reference, self.result):
            if R[0] != S[0]:
                continue
            shared = len(self.reference[R] & self.result[S])
            smaller = min(len(self.reference[R]), len(self.result[S]))
            if shared > 0.5 * smaller or shared > large:
                self.matches["reference"][R].add(S)
                self.matches["result"][S].add(R)

    def _large_overlap(self) -> float:
        """Return C."""
        areas = [len(pixels) for pixels in self.reference.values()]
        if self.rules.large_overlap_px is not None:
            return self.rules.large_overlap_px
        if not areas:
            return 0.0
        return 0.5 * (fmean(areas) if self.rules.large_overlap == "mean" else median(areas))

    # Which cells count

    def _is_inner(self, cell: Cell, side: str = "reference") -> bool:
        pixels = self.reference[cell] if side == "reference" else self.result[cell]
        return not any(self._touches(y, x) for y, x in pixels)

    def _touches(self, y: int, x: int) -> bool:
        y0, y1, x0, x1 = self.rules.window or (0, self.shape[0], 0, self.shape[1])
        free = 0 if self.rules.margin is None else self.rules.margin + 1
        return not (y0 + free <= y < y1 - free and x0 + free <= x < x1 - free)

    def _is_in_frames(self, t: int) -> bool:
        first, stop = self.rules.frames or (0, self.n_frames)
        return first <= t < stop

    def _is_counted(self, cell: Cell, side: str = "reference") -> bool:
        return self._is_inner(cell, side) and self._is_in_frames(cell[0])

    def _is_link_counted(self, R: Cell, target: Cell) -> bool:
        return self._is_inner(R) and self._is_inner(target) and self._is_in_frames(R[0])

    # Segmentation errors

    def _segmentation_errors(self) -> Iterator[Error]:
        for R, found in self.matches["reference"].items():
            if not self._is_counted(R):
                continue
            one = frozenset([R])
            if not found:
                yield Error("false negative", R[0], reference=one, concerns=one)
            if len(found) >= 2:
                yield Error(
                    "over-segmentation",
                    R[0],
                    count=len(found) - 1,
                    reference=one,
                    result=frozenset(found),
                    concerns=one,
                )
        for S, found in self.matches["result"].items():
            if not found and self._is_counted(S, "result"):
                yield Error("false positive", S[0], result=frozenset([S]))
            inner = frozenset(R for R in found if self._is_counted(R))
            if len(inner) >= 2:
                yield Error(
                    "under-segmentation",
                    S[0],
                    count=len(inner) - 1,
                    reference=inner,
                    result=frozenset([S]),
                    concerns=inner,
                )

    # Tracking errors

    def _tracking_errors(self) -> Iterator[Error]:
        for t, target_t in sorted({(a[0], b[0]) for a, b in self._all_links()}):
            after = self._after_splitting(t, target_t)
            copies: dict[tuple[Cell, Cell], set[tuple[End, End]]] = {}
            for source, target in after:  # steps 3 and 4
                copy = (self._becomes(source), self._becomes(target))
                copies.setdefault((source[0], target[0]), set()).add(copy)
            yield from self._false_positive_links(copies, t, target_t)
            yield from self._false_negative_links(copies, t, target_t)
            for side in (0, 1):  # to the later frame, to the earlier one
                linked = {link[side] for link in after}
                yield from self._unlinked_parts(linked, side, (t, target_t))

    def _after_splitting(self, t: int, target_t: int) -> set[tuple[Node, Node]]:
        """Return the links after steps 1 and 2."""
        links = [(a, b) for a, b in self.result_links if (a[0], b[0]) == (t, target_t)]
        first: set[tuple[Node, Node]] = set()
        for b in {b for _, b in links}:
            sources: list[Node] = [(a, None) for a, target in links if target == b]
            first.update(self._connect(sources, self._parts(b), split="later"))
        second: set[tuple[Node, Node]] = set()
        for a in {a for a, _ in links}:
            targets = [target for source, target in first if source[0] == a]
            second.update(self._connect(self._parts(a), targets, split="earlier"))
        return second

    def _parts(self, S: Cell) -> list[Node]:
        matches = self.matches["result"][S]
        return [(S, R) for R in sorted(matches)] if len(matches) >= 2 else [(S, None)]

    def _connect(self, sources: list[Node], targets: list[Node], *, split: str) -> Sequence:
        """Link the parts on one side with the nodes of the other: one with all, or assigned."""
        if not sources or not targets:
            return []
        parts = targets if split == "later" else sources
        if len(parts) == 1 or min(len(sources), len(targets)) == 1:
            return [*product(sources, targets)]
        return self.choose(self._shortest_assignments(sources, targets))

    def _shortest_assignments(self, sources: list[Node], targets: list[Node]) -> list[list]:
        if len(sources) <= len(targets):
            tried = [[*zip(sources, p, strict=True)] for p in permutations(targets, len(sources))]
        else:
            tried = [[*zip(p, targets, strict=True)] for p in permutations(sources, len(targets))]
        lengths = [sum(self._length(*link) for link in links) for links in tried]
        least = min(lengths)
        return [x for x, length in zip(tried, lengths, strict=True) if length < least + TIE_PX]

    def _length(self, source: Node, target: Node) -> float:
        ends = product(self._stands_for(source), self._stands_for(target))
        is_right = any(self._is_right(R, target_R) for R, target_R in ends)
        return dist(self._centre(source), self._centre(target)) - 1e-6 * is_right

    def _stands_for(self, node: Node) -> set[Cell]:
        S, R = node
        return self.matches["result"][S] if R is None else {R}

    def _centre(self, node: Node) -> tuple[float, float]:
        S, R = node
        pixels = self.result[S] if R is None else self.reference[R]
        return fmean(y for y, _ in pixels), fmean(x for _, x in pixels)

    def _becomes(self, node: Node) -> End:
        stands_for = self._stands_for(node)
        if not stands_for:
            return ("result", node[0])
        (R,) = stands_for
        return ("reference", R)

    def _is_right(self, R: Cell, target: Cell) -> bool:
        """Say whether the reference has this link; for a gap, whether it leads there at all."""
        if (R, target) in self.reference_links:
            return True
        return target[0] - R[0] > 1 and target in self._descendants(R)

    def _descendants(self, R: Cell) -> set[Cell]:
        found: set[Cell] = set()
        new = {R}
        while new:
            new = {b for a, b in self.reference_links if a in new} - found
            found |= new
        return found

    def _false_positive_links(self, copies, t: int, target_t: int) -> Iterator[Error]:
        same: dict[frozenset[tuple[End, End]], set[tuple[Cell, Cell]]] = {}
        for link, left in copies.items():
            same.setdefault(frozenset(left), set()).add(link)
        for left, links in same.items():
            if any(self._is_right_copy(copy) for copy in left):
                continue
            inner = [copy for copy in left if all(self._is_inner(c, side) for side, c in copy)]
            is_skipped = any(self._is_skipped(*copy) for copy in left)
            yield Error(
                "false positive link",
                t,
                target_t,
                links=frozenset(links),
                copies=left,
                concerns=frozenset(c for copy in left for side, c in copy if side == "reference"),
                counted=bool(inner) and self._is_in_frames(t) and not is_skipped,
            )

    def _is_right_copy(self, copy: tuple[End, End]) -> bool:
        (side, cell), (target_side, target) = copy
        return side == target_side == "reference" and self._is_right(cell, target)

    def _is_skipped(self, source: End, target: End) -> bool:
        rule = self.rules.unmatched_links
        if rule == "skip-earlier":
            return source[0] == "result"
        return rule == "skip-later" and target[0] == "result"

    def _could_be_missed(self, R: Cell, target: Cell) -> bool:
        matches = self.matches["reference"]
        needed = {
            "symmetric": (R, target),
            "skip-earlier": (R,),  # one that leads to a cell without a match is counted
            "skip-later": (target,),
        }[self.rules.unmatched_links]
        return all(matches[cell] for cell in needed) and self._is_link_counted(R, target)

    def _false_negative_links(self, copies, t: int, target_t: int) -> Iterator[Error]:
        present = {copy for left in copies.values() for copy in left}
        for R, target in self.reference_links:
            if (R[0], target[0]) != (t, target_t) or not self._could_be_missed(R, target):
                continue
            if (("reference", R), ("reference", target)) not in present:
                yield Error(
                    "false negative link",
                    t,
                    target_t,
                    links=frozenset([(R, target)]),
                    concerns=frozenset([R, target]),
                )

    def _unlinked_parts(
        self, linked: set[Node], side: int, pair: tuple[int, int]
    ) -> Iterator[Error]:
        """Find the merged nodes without a link in a pair of frames, at the earlier one (0) or the later."""
        for R, found in self.matches["reference"].items():
            own = [(a, b) for a, b in self.reference_links if (a[0], b[0]) == pair]
            own = [link for link in own if link[side] == R and self._could_be_missed(*link)]
            if len(found) < 2 or not own:
                continue
            for S in found:
                node: Node = (S, R) if len(self.matches["result"][S]) >= 2 else (S, None)
                if node not in linked:
                    one, part = frozenset([R]), frozenset([S])
                    yield Error("unlinked part", *pair, reference=one, result=part, concerns=one)


def _cells(images) -> Pixels:
    cells: Pixels = {}
    for t, image in enumerate(images):
        for y, row in enumerate(image):
            for x, label in enumerate(row):
                if label != 0:
                    cells.setdefault((t, int(label)), set()).add((y, x))
    return cells


def _links(rows: Iterable[Row]) -> set[tuple[Cell, Cell]]:
    return {((int(a), int(b)), (int(c), int(d))) for a, b, c, d in rows}
