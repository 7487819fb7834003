"""What is a simulated movie of a great many cells, whose frames, maps and tables can be had one by one?

Simulated: discs on a square grid, one cell to a site, as many in every frame. A cell trembles about its site, grows,
and now and then divides: one daughter stays, the other takes the site beside it, whose cell is lost in mid-field. So
lineages branch and die out as in a culture that is diluted. Maps are what a perfect network would give of the true
cells, with noise. A figure of a cell follows from its disc: a table of millions needs no images, and agrees with the
labels that are painted when somebody looks at a frame. It is no model of any cell: use it for time and memory only.

Faults: cells under two labels, and pairs of neighbours under one, each in one frame.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.linking import CATEGORIES, LINK_ORIGINS, PairLinkage
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.ops.targets.distance import distance_map

SPACING_PX = 25
RADII_PX = (9, 10, 11)
"""Radius in the first, second and last part of a cell's life."""
CYCLE_FRAMES = 40
"""Mean number of frames between two divisions of a cell."""
_REACH = 12
_WHOLE, _LEFT, _RIGHT, _PAIR = range(4)
_MANY, _ONE, _NONE = (CATEGORIES.index(name) for name in ("many", "one", "none"))


@dataclass(frozen=True)
class CellGrid:
    """A simulated movie of `side` × `side` cells.

    Attributes:
        side: number of sites along each axis.
        fault_rate: share of the cells that are cut or, with a neighbour, united.
        seed: of all that is drawn.
        n_frames: number of frames.
    """

    side: int
    n_frames: int
    fault_rate: float = 0.0
    seed: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of a frame in pixels."""
        return (self.side * SPACING_PX + 2,) * 2

    @property
    def n_sites(self) -> int:
        """Number of cells in each frame, before faults."""
        return self.side**2

    @cached_property
    def mother(self) -> NDArray[np.int32]:
        """Site of each cell in the frame before, or of its mother, (t, site); -1 in the first frame."""
        rng = np.random.default_rng([self.seed, 1])
        own = np.arange(self.n_sites, dtype=np.int32)
        beside = np.where(own % self.side == self.side - 1, own - 1, own + 1)
        mother = np.tile(own, (self.n_frames, 1))
        mother[0] = -1
        for t in range(1, self.n_frames):
            divides = rng.random(self.n_sites) < 1 / CYCLE_FRAMES
            divides &= ~divides[beside] & (own % self.side != self.side - 1)
            mother[t, beside[divides]] = own[divides]
        return mother

    @cached_property
    def divides(self) -> NDArray[np.bool_]:
        """Whether a cell divides into the next frame, (t, site)."""
        found = np.zeros((self.n_frames, self.n_sites), np.bool_)
        for t in range(1, self.n_frames):
            found[t - 1] = np.bincount(self.mother[t], minlength=self.n_sites) > 1
        return found

    @cached_property
    def is_lost(self) -> NDArray[np.bool_]:
        """Whether a cell is the last of its track and not seen to divide, (t, site)."""
        found = np.zeros((self.n_frames, self.n_sites), np.bool_)
        for t in range(1, self.n_frames):
            found[t - 1] = np.bincount(self.mother[t], minlength=self.n_sites) == 0
        return found

    @cached_property
    def place(self) -> NDArray[np.int16]:
        """Middle of each cell, y and x, (t, site, 2)."""
        rng = np.random.default_rng([self.seed, 2])
        site = np.arange(self.n_sites)
        middle = np.stack(np.divmod(site, self.side), axis=1) * SPACING_PX + SPACING_PX // 2 + 1
        tremble = rng.integers(-1, 2, (self.n_frames, self.n_sites, 2), dtype=np.int16)
        return middle.astype(np.int16) + tremble

    @cached_property
    def size(self) -> NDArray[np.int8]:
        """Which of the radii each cell has, (t, site): it grows with the time since its birth."""
        age = np.zeros((self.n_frames, self.n_sites), np.int16)
        age[0] = np.random.default_rng([self.seed, 3]).integers(0, CYCLE_FRAMES, self.n_sites)
        for t in range(1, self.n_frames):
            born = self.divides[t - 1][self.mother[t]]
            age[t] = np.where(born, 0, age[t - 1][self.mother[t]] + 1)
        return np.minimum(age // (CYCLE_FRAMES // 3), 2).astype(np.int8)

    @cached_property
    def fault(self) -> NDArray[np.int8]:
        """What is wrong with each cell, (t, site): 1 cut in two, 2 united with the next site, 3 with the one before."""
        rng = np.random.default_rng([self.seed, 4])
        drawn = rng.random((self.n_frames, self.n_sites), dtype=np.float32)
        drawn[0] = drawn[-1] = 1  # so that each fault has frames on both sides
        site = np.arange(self.n_sites)
        cut = drawn < self.fault_rate / 2
        united = (
            (drawn > 1 - self.fault_rate / 2) & (drawn < 1) & (site % self.side < self.side - 1)
        )
        united[:, 1:] &= ~united[:, :-1]
        second = np.zeros_like(united)
        second[:, 1:] = united[:, :-1]
        cut &= ~united & ~second
        return (cut + 2 * united + 3 * second).astype(np.int8)

    def label(self, t: int) -> NDArray[np.int64]:
        """Return the label of each site's cell, (site,): those of a united pair are one."""
        label = self._own_label(t)
        second = np.flatnonzero(self.fault[t] == 3)
        label[second] = label[second - 1]
        return label

    def _own_label(self, t: int) -> NDArray[np.int64]:
        return (np.arange(self.n_sites) + 131 * t) % self.n_sites + 1  # not the same in each frame

    def second_label(self, t: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the sites whose cells are cut, and the label of the second half of each."""
        cut = np.flatnonzero(self.fault[t] == 1)
        return cut, self.n_sites + 1 + np.arange(cut.size)

    def frame_objects(self, t: int) -> ObjectColumns:
        """Return the measured cells of a frame as `link` measures them, by label."""
        rng = np.random.default_rng([self.seed, 5, t])
        fault, size, place = self.fault[t], self.size[t], self.place[t].astype(np.int64)
        cut, second = self.second_label(t)
        sites = np.concatenate([np.flatnonzero(fault != 3), cut])
        labels = np.concatenate([self.label(t)[fault != 3], second])
        form = np.choose(fault[sites], [_WHOLE, _LEFT, _PAIR, _PAIR])
        form[sites.size - cut.size :] = _RIGHT
        forms = np.stack([form, size[sites]], axis=1)
        kinds, kind = np.unique(forms[form != _PAIR], axis=0, return_inverse=True)
        table = _stacked([_measured(int(f), int(s)) for f, s in kinds])
        columns = {name: np.zeros(sites.size, values.dtype) for name, values in table.items()}
        pairs = np.flatnonzero(form == _PAIR)
        pair_rows = [self._pair(t, int(sites[row])) for row in pairs]
        for name in columns:
            columns[name][form != _PAIR] = table[name][kind.reshape(-1)]
            columns[name][pairs] = [row[name][0] for row in pair_rows]
        for axis, index in (("y", 0), ("x", 1)):
            for name in (f"centre_{axis}", f"centroid_{axis}", f"bbox_{axis}0", f"bbox_{axis}1"):
                columns[name] = (columns[name] + place[sites, index]).astype(columns[name].dtype)
        columns["label"] = labels.astype(np.int32)
        columns["edm_max"] += rng.normal(0, 0.05, sites.size).astype(np.float32)
        columns["intensity_mean_c0"] = rng.normal(100, 5, sites.size).astype(np.float32)
        columns |= self._predicted(t, sites, rng)
        order = np.argsort(labels)
        by_label = {name: values[order] for name, values in columns.items()}
        return {"t": np.full(labels.size, t, np.int32), **by_label}

    def _pair(self, t: int, site: int) -> ObjectColumns:
        between = tuple((self.place[t, site + 1] - self.place[t, site]).tolist())
        return _measured(_PAIR, int(self.size[t, site]), int(self.size[t, site + 1]), between)

    def _predicted(
        self, t: int, sites: NDArray[np.int64], rng: np.random.Generator
    ) -> ObjectColumns:
        """Return what the maps say of the cells of these sites, with noise."""
        maps = self.site_maps(t)
        names = [
            *(f"displacement_{d}_{a}" for d in ("backward", "forward") for a in "yx"),
            *(f"multiplicity_{d}_{c}" for d in ("backward", "forward") for c in CATEGORIES),
        ]
        values = np.concatenate([maps["displacement"], maps["multiplicity"]])[:, sites]
        values = values + rng.normal(0, 0.01, values.shape)
        columns: ObjectColumns = dict(zip(names, values.astype(np.float32), strict=True))
        for start, direction in ((4, "backward"), (7, "forward")):
            columns[f"category_{direction}"] = (
                values[start : start + 3].argmax(axis=0).astype(np.int8)
            )
        return columns

    @lru_cache(maxsize=64)  # noqa: B019 - one movie in a process
    def site_maps(self, t: int) -> Mapping[str, NDArray[np.float32]]:
        """Return displacement (4, site) and multiplicity (6, site) of the true cells of a frame."""
        displacement = np.zeros((4, self.n_sites), np.float32)
        chance = np.full((6, self.n_sites), 0.03, np.float32)
        towards = np.full(self.n_sites, _ONE if t else _NONE)
        onward = np.where(self.divides[t], _MANY, np.where(self.is_lost[t], _NONE, _ONE))
        onward[:] = _NONE if t == self.n_frames - 1 else onward
        chance[towards, np.arange(self.n_sites)] = 0.94
        chance[3 + onward, np.arange(self.n_sites)] = 0.94
        place = self.place[t].astype(np.float32)
        if t:
            displacement[:2] = (self.place[t - 1][self.mother[t]] - place).T
        if t < self.n_frames - 1:
            mother, later = self.mother[t + 1], self.place[t + 1].astype(np.float32)
            count = np.maximum(np.bincount(mother, minlength=self.n_sites), 1)
            for axis in (0, 1):
                mean = np.bincount(mother, later[:, axis], self.n_sites) / count
                displacement[2 + axis] = np.where(self.is_lost[t], 0, mean - place[:, axis])
        return {"displacement": displacement, "multiplicity": chance}

    def linkage(self, t: int) -> PairLinkage:
        """Return the links from frame `t` to the next as they are with its faults."""
        links = self._links_into(t + 1)
        rng = np.random.default_rng([self.seed, 6, t])
        noise = np.abs(rng.normal(0, 0.3, (2, len(links)))).astype(np.float32)
        return PairLinkage(links, np.full(len(links), LINK_ORIGINS.index("both"), np.int8), *noise)

    def _links_into(self, t: int) -> NDArray[np.int64]:
        """Return the links (m, 2) into frame `t`: each label of a cell with each of its next."""
        pairs = [
            (source[self.mother[t]], target)
            for source in self._label_layers(t - 1)
            for target in self._label_layers(t)
        ]
        ends = np.concatenate([np.stack(pair, axis=1) for pair in pairs])
        return np.unique(ends[(ends > 0).all(axis=1)], axis=0)

    def _label_layers(self, t: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        cut, second = self.second_label(t)
        other = np.zeros(self.n_sites, np.int64)
        other[cut] = second
        return self.label(t), other


class GridFrames:
    """Labels and maps of a grid, painted when they are asked for; the last few frames are kept.

    Attributes:
        n_painted: how many frames were painted: each is one that would have been read from disk.
    """

    def __init__(self, grid: CellGrid, kept: int = 16) -> None:
        """Paint nothing yet; keep up to `kept` frames."""
        self.grid, self.n_painted = grid, 0
        self._kept: OrderedDict[int, _Painted] = OrderedDict()
        self._most = kept

    def labels(self, t: int) -> NDArray[np.integer]:
        """Return the labels (y, x) of a frame, faults included."""
        return self._painted(t).labels

    def maps(self, t: int) -> Mapping[str, NDArray[np.float32] | _SiteMap]:
        """Return edm, displacement and multiplicity (c, y, x) of a frame."""
        painted = self._painted(t)
        values = self.grid.site_maps(t).items()
        return {
            "edm": painted.edm[np.newaxis],
            **{name: _SiteMap(maps, painted.site) for name, maps in values},
        }

    def _painted(self, t: int) -> _Painted:
        if t not in self._kept:
            self.n_painted += 1
            self._kept[t] = _paint(self.grid, t)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(t)
        return self._kept[t]


@dataclass(frozen=True)
class _Painted:
    """The site of each pixel (y, x), -1 for none; its distance to its cell's edge; its label, with faults."""

    site: NDArray[np.int32]
    edm: NDArray[np.float32]
    labels: NDArray[np.int32]


class _SiteMap:
    """A map (c, y, x) that has one value in each cell and is computed where it is asked for."""

    def __init__(self, values: NDArray[np.float32], site: NDArray[np.int32]) -> None:
        self._values = np.concatenate([values, np.zeros((len(values), 1), np.float32)], axis=1)
        self._site = site
        self.shape = (len(values), *site.shape)

    def __len__(self) -> int:
        """Return the number of channels."""
        return len(self._values)

    def __getitem__(self, index: tuple[slice, slice, slice] | int) -> NDArray[np.float32]:
        """Return a box of channels, or one channel."""
        channel, *box = index if isinstance(index, tuple) else (index, slice(None), slice(None))
        found: NDArray[np.float32] = self._values[channel][..., self._site[tuple(box)]]
        return found


def _paint(grid: CellGrid, t: int) -> _Painted:
    site, edm = np.full(grid.shape, -1, np.int32), np.zeros(grid.shape, np.float32)
    for size in range(len(RADII_PX)):
        sites = np.flatnonzero(grid.size[t] == size)
        mask = _mask(_WHOLE, size)
        dy, dx = np.nonzero(mask) - np.array([[_REACH], [_REACH]])
        y = grid.place[t, sites, 0][:, np.newaxis] + dy
        x = grid.place[t, sites, 1][:, np.newaxis] + dx
        site[y, x] = sites[:, np.newaxis]
        edm[y, x] = distance_map(mask.astype(np.int32))[mask]
    labels = np.append(grid.label(t), 0).astype(np.int32)[site]
    for one, other in zip(*(values.tolist() for values in grid.second_label(t)), strict=True):
        y, x = grid.place[t, one].tolist()
        box = (slice(y - _REACH, y + _REACH + 1), slice(x, x + _REACH + 1))
        labels[box][site[box] == one] = other
    return _Painted(site, edm, labels)


@cache
def _mask(form: int, size: int) -> NDArray[np.bool_]:
    """Return a disc, or its left or right half, about the middle of a square."""
    y, x = np.mgrid[-_REACH : _REACH + 1, -_REACH : _REACH + 1]
    disc = y**2 + x**2 <= RADII_PX[size] ** 2
    sides = {_WHOLE: disc, _LEFT: disc & (x < 0), _RIGHT: disc & (x >= 0)}
    return np.asarray(sides[form])


@cache
def _measured(
    form: int, size: int, other: int = 0, between: tuple[int, int] = (0, 0)
) -> ObjectColumns:
    """Measure a form whose middle is at (0, 0), as `link` does; a pair with a second disc `between` away."""
    labels = np.zeros((2 * SPACING_PX + 1, 4 * SPACING_PX + 1), np.int32)
    middle = SPACING_PX
    _put(labels, _mask(_WHOLE if form == _PAIR else form, size), (middle, middle))
    if form == _PAIR:
        _put(labels, _mask(_WHOLE, other), (middle + between[0], middle + between[1]))
    found = measure_objects(labels, np.zeros((1, *labels.shape), np.uint8))
    for name in found:
        if name.startswith(("centre_", "centroid_", "bbox_")):
            found[name] = found[name] - found[name].dtype.type(middle)
    found["touches_border"] = np.zeros(1, np.bool_)  # the field is a pixel wider on each side
    largest = max(size, other)
    found["edm_max"] = distance_map(_mask(_WHOLE, largest).astype(np.int32)).max()[None]
    return found


def _put(labels: NDArray[np.int32], mask: NDArray[np.bool_], middle: tuple[int, int]) -> None:
    y, x = (slice(c - _REACH, c + _REACH + 1) for c in middle)
    labels[y, x][mask] = 1


def _stacked(rows: list[ObjectColumns]) -> ObjectColumns:
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
