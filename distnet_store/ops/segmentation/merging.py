"""Which touching regions are parts of one cell? (METHOD.md section 5, step 4)

Each region keeps two chains: of the centres it owns and of its interfaces. Uniting two regions
joins their chains, so the work is proportional to the interfaces of the two, not of the frame.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.segmentation.centres import Centres
from distnet_store.ops.segmentation.regions import (
    Interfaces,
    find_interfaces,
    measured_regions,
    owned_centres,
)
from distnet_store.spec.parameters import SegmentationParameters

_END = -1
"""Ends a chain."""

_GONE = -np.inf
"""Weight of an interface that lies inside a united region, or was added to another one."""


class _Chains(NamedTuple):
    """Lists of entries, one per region; two are joined by one assignment.

    Attributes:
        first: (n + 1,) int64, first entry of each region's list, or the end.
        last: (n + 1,) int64, last entry of each region's list.
        following: (entries,) int64, the entry after each.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    following: NDArray[np.int64]


class _State(NamedTuple):
    """What the criteria look at while regions merge; per region (n + 1,) unless said.

    Attributes:
        name: int64, the region that a united one went into, or itself.
        area: int64, in pixels.
        peak_edm: float32, in pixels.
        amplitude: float32, that of the strongest centre owned, -inf without one.
        owned: chains of rows of the ownership table.
        centre: (rows,) int64, number of the centre of each row.
        strength: (rows,) float32, amplitude of that centre.
        touching: chains of sides of interfaces: side 2i and 2i + 1 belong to interface i.
        ends: (interfaces, 2) int64, the two regions of each.
        weight: (interfaces,) float64, length × mean EDM.
    """

    name: NDArray[np.int64]
    area: NDArray[np.int64]
    peak_edm: NDArray[np.float32]
    amplitude: NDArray[np.float32]
    owned: _Chains
    centre: NDArray[np.int64]
    strength: NDArray[np.float32]
    touching: _Chains
    ends: NDArray[np.int64]
    weight: NDArray[np.float64]


class _Limits(NamedTuple):
    area: int
    peak_edm: float
    ratio: float


def merge_regions(
    regions: NDArray[np.int32],
    edm: NDArray[np.float32],
    centres: Centres,
    parameters: SegmentationParameters,
) -> NDArray[np.int32]:
    """Unite touching regions, the longest and deepest interface first, until none qualifies.

    Two regions merge when one is too small, too shallow or owns no centre, when the amplitudes
    of their strongest centres differ too much, or when they share a centre that counts: it is the
    strongest of either, or not negligible beside the strongest of both. After each merge the
    interfaces of the united region are added up and examined anew.

    Args:
        regions: (y, x) int32, 0 is the background, not empty.
        edm: (y, x) float32 in pixels.
        centres: the spots of the frame and their amplitudes.
        parameters: the limits.

    Returns:
        (y, x) int32: each pixel's region, named by the lowest number that was united.

    Example:
        >>> regions = np.array([[1, 1, 2, 2]], np.int32)
        >>> nowhere = Centres(np.zeros_like(regions), np.zeros(1, np.float32))
        >>> edm = np.ones((1, 4), np.float32)
        >>> merge_regions(regions, edm, nowhere, SegmentationParameters())
        array([[1, 1, 1, 1]], dtype=int32)
    """
    area, peak_edm = measured_regions(regions, edm)
    owned = owned_centres(regions, centres, parameters.min_centre_overlap)
    state = _initial_state(area, peak_edm, owned, centres, find_interfaces(regions, edm))
    limits = _Limits(
        parameters.min_object_area, parameters.min_peak_edm, parameters.merge_criterion
    )
    _merge(state, limits)
    return _final_names(state.name).astype(np.int32)[regions]


def _initial_state(
    area: NDArray[np.int64],
    peak_edm: NDArray[np.float32],
    owned: NDArray[np.int64],
    centres: Centres,
    interfaces: Interfaces,
) -> _State:
    strength = centres.amplitude[owned[:, 1]]
    amplitude = np.full(area.size, -np.inf, np.float32)
    np.maximum.at(amplitude, owned[:, 0], strength)
    return _State(
        name=np.arange(area.size),
        area=area,
        peak_edm=peak_edm,
        amplitude=amplitude,
        owned=_chained(np.ascontiguousarray(owned[:, 0]), area.size),
        centre=np.ascontiguousarray(owned[:, 1]),
        strength=strength,
        touching=_chained(interfaces.pairs.ravel(), area.size),
        ends=interfaces.pairs,
        weight=interfaces.length * interfaces.mean_edm,
    )


@compiled()
def _chained(region: NDArray[np.int64], count: int) -> _Chains:
    """Chain the entries of each region; `region` (entries,) says whose each entry is."""
    first = np.full(count, _END, np.int64)
    last = np.full(count, _END, np.int64)
    following = np.full(region.size, _END, np.int64)
    for entry in range(region.size):
        if first[region[entry]] == _END:
            first[region[entry]] = entry
        else:
            following[last[region[entry]]] = entry
        last[region[entry]] = entry
    return _Chains(first, last, following)


@compiled()
def _merge(state: _State, limits: _Limits) -> None:
    queue = [
        (-state.weight[i], state.ends[i, 0], state.ends[i, 1], i) for i in range(state.weight.size)
    ]
    heapq.heapify(queue)
    interface_with = np.full(state.area.size, _END, np.int64)
    while len(queue) > 0:
        weight, one, other, i = heapq.heappop(queue)
        current = -weight == state.weight[i] and one in state.ends[i] and other in state.ends[i]
        if not current or not _belong_together(state, one, other, limits):
            continue
        _unite_interfaces(state, one, other, interface_with)
        _unite_measures(state, one, other)
        side = state.touching.first[one]
        while side != _END:
            i = side // 2
            if state.weight[i] != _GONE:
                ends = state.ends[i]
                heapq.heappush(queue, (-state.weight[i], ends.min(), ends.max(), i))
            side = state.touching.following[side]


@compiled()
def _belong_together(state: _State, one: int, other: int, limits: _Limits) -> bool:
    if min(state.area[one], state.area[other]) < limits.area:
        return True
    if min(state.peak_edm[one], state.peak_edm[other]) < limits.peak_edm:
        return True
    weaker = min(state.amplitude[one], state.amplitude[other])
    stronger = max(state.amplitude[one], state.amplitude[other])
    if weaker == -np.inf or weaker < limits.ratio * stronger:
        return True
    return _share_a_centre(state, one, other, limits.ratio)


@compiled()
def _share_a_centre(state: _State, one: int, other: int, ratio: float) -> bool:
    """Return whether a shared centre is not negligible beside the strongest of both.

    That holds for one that is the strongest of either: the two amplitudes were compared before.
    """
    least = ratio * max(state.amplitude[one], state.amplitude[other])
    mine = state.owned.first[one]
    while mine != _END:
        counts = state.strength[mine] >= least
        theirs = state.owned.first[other] if counts else _END
        while theirs != _END:
            if state.centre[theirs] == state.centre[mine]:
                return True
            theirs = state.owned.following[theirs]
        mine = state.owned.following[mine]
    return False


@compiled()
def _unite_interfaces(
    state: _State, one: int, other: int, interface_with: NDArray[np.int64]
) -> None:
    """Hand the interfaces of `other` to `one`, adding up those with the same third region.

    `interface_with` (n + 1,) is all ends before and after.
    """
    _mark_interfaces(state, one, interface_with)
    side = state.touching.first[other]
    while side != _END:
        i, mine = side // 2, side % 2
        third = state.ends[i, 1 - mine]
        if state.weight[i] != _GONE:
            if third == one:
                state.weight[i] = _GONE
            elif interface_with[third] != _END:
                state.weight[interface_with[third]] += state.weight[i]
                state.weight[i] = _GONE
            else:
                state.ends[i, mine] = one
        side = state.touching.following[side]
    _unmark_interfaces(state, one, interface_with)
    _join(state.touching, one, other)


@compiled()
def _mark_interfaces(state: _State, region: int, interface_with: NDArray[np.int64]) -> None:
    side = state.touching.first[region]
    while side != _END:
        if state.weight[side // 2] != _GONE:
            interface_with[state.ends[side // 2, 1 - side % 2]] = side // 2
        side = state.touching.following[side]


@compiled()
def _unmark_interfaces(state: _State, region: int, interface_with: NDArray[np.int64]) -> None:
    side = state.touching.first[region]
    while side != _END:
        interface_with[state.ends[side // 2, 1 - side % 2]] = _END
        side = state.touching.following[side]


@compiled()
def _unite_measures(state: _State, one: int, other: int) -> None:
    state.name[other] = one
    state.area[one] += state.area[other]
    state.peak_edm[one] = max(state.peak_edm[one], state.peak_edm[other])
    state.amplitude[one] = max(state.amplitude[one], state.amplitude[other])
    _join(state.owned, one, other)


@compiled()
def _join(chains: _Chains, one: int, other: int) -> None:
    """Append the chain of `other` to that of `one`."""
    if chains.first[other] == _END:
        return
    if chains.first[one] == _END:
        chains.first[one] = chains.first[other]
    else:
        chains.following[chains.last[one]] = chains.first[other]
    chains.last[one] = chains.last[other]
    chains.first[other] = _END


def _final_names(name: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow each region to the one that finally holds it."""
    while not np.array_equal(name[name], name):
        name = name[name]
    return name
