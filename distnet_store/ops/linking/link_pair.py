"""Which cell of the next frame does each cell become? One interface for all rules."""

from __future__ import annotations

from distnet_store.ops.linking.displacement_passes import link_by_passes
from distnet_store.ops.linking.frame_cells import FrameCells
from distnet_store.ops.linking.joint_assignment import link_jointly
from distnet_store.ops.linking.mask_overlap import link_by_overlap
from distnet_store.ops.linking.pair_linkage import PairLinkage
from distnet_store.spec.parameters import LinkingParameters


def link_pair(earlier: FrameCells, later: FrameCells, parameters: LinkingParameters) -> PairLinkage:
    """Link the cells of two neighbouring frames by the rule that `parameters.method` names.

    Example:
        >>> import numpy as np
        >>> row = np.array([[5, 5, 0]])
        >>> one, still = np.array([1]), np.zeros((1, 2))
        >>> cells = FrameCells(row, np.array([5]), np.zeros((1, 2)), still, still, one, one)
        >>> link_pair(cells, cells, LinkingParameters()).links
        array([[5, 5]])
    """
    if parameters.method == "overlap":
        return link_by_overlap(earlier, later)
    if parameters.method == "joint":
        return link_jointly(earlier, later)
    return link_by_passes(earlier, later, parameters.method)
