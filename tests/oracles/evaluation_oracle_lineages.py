"""Which lineages are incomplete, and what is forgiven to them? The oracle's part on lineages."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation_oracle_rules import Cell, Error, Rules


class LineageRules:
    """The rules on lineages, of an evaluation that knows the movie and its matches."""

    rules: Rules
    reference: dict
    reference_links: set[tuple[Cell, Cell]]
    matches: dict[str, dict[Cell, set[Cell]]]

    def _lineages(self, errors: list[Error]) -> dict[frozenset[Cell], bool]:
        concerned = {cell for error in errors for cell in error.concerns}
        tracks = {self._track(cell) for cell in self.reference}
        counted = [track for track in tracks if all(self._is_counted(cell) for cell in track)]
        return {track: not track & concerned for track in counted}

    def _after(self, R: Cell) -> list[Cell]:
        return [b for a, b in self.reference_links if a == R]

    def _before(self, R: Cell) -> list[Cell]:
        return [a for a, b in self.reference_links if b == R]

    def _track(self, R: Cell) -> frozenset[Cell]:
        track = {R}
        cell = R
        while len(self._after(cell)) == 1 and len(self._before(self._after(cell)[0])) == 1:
            (cell,) = self._after(cell)
            track.add(cell)
        cell = R
        while len(self._before(cell)) == 1 and len(self._after(self._before(cell)[0])) == 1:
            (cell,) = self._before(cell)
            track.add(cell)
        return frozenset(track)

    def _forgiven(self, errors: list[Error]) -> Iterator[Error]:
        for p in self.reference:
            born = self._after(p)
            if len(born) < 2:
                continue
            daughters = [self._track(cell) for cell in born]
            yield from self._late(errors, p, daughters)
            for daughter in daughters:
                yield from self._missed_at_first(errors, p, daughter, daughters)
            yield from self._early(errors, p, len(born))

    def _late(self, errors, p: Cell, daughters: list[frozenset[Cell]]) -> Iterator[Error]:
        cells = frozenset().union(*daughters)
        for error in errors:
            is_late = p[0] + 1 <= error.t <= p[0] + self.rules.mitosis_tolerance
            if error.kind == "under-segmentation" and is_late and error.reference <= cells:
                yield error

    def _missed_at_first(self, errors, p: Cell, daughter, daughters) -> Iterator[Error]:
        matched = sorted(cell for cell in daughter if self.matches["reference"][cell])
        if min(daughter)[0] != p[0] + 1 or not matched:
            return
        found = matched[0]
        missed = [cell for cell in daughter if cell < found]
        d = found[0] - p[0] - 1
        if not 1 <= d <= self.rules.mitosis_tolerance:
            return
        sisters = [cell for track in daughters if track != daughter for cell in track]
        bridges = {
            (("reference", sister), ("reference", found))
            for sister in sisters
            if sister[0] == p[0] + d
        }
        links = [e for e in errors if e.kind == "false positive link" and e.copies & bridges]
        if links:
            yield from links
            yield from (
                e for e in errors if e.kind == "false negative" and e.reference <= {*missed}
            )

    def _early(self, errors, p: Cell, n_daughters: int) -> Iterator[Error]:
        mother = self._track(p)
        for error in errors:
            is_early = p[0] - self.rules.mitosis_tolerance + 1 <= error.t <= p[0]
            is_hers = error.kind == "over-segmentation" and error.reference <= mother
            if is_hers and is_early and len(error.result) <= n_daughters:
                yield error
