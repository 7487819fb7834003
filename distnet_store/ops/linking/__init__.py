"""Linking: which cell of the next frame does each cell become?"""

from distnet_store.ops.linking.frame_cells import CATEGORIES as CATEGORIES
from distnet_store.ops.linking.frame_cells import FrameCells as FrameCells
from distnet_store.ops.linking.link_pair import link_pair as link_pair
from distnet_store.ops.linking.pair_linkage import LINK_ORIGINS as LINK_ORIGINS
from distnet_store.ops.linking.pair_linkage import PairLinkage as PairLinkage

__all__ = ["CATEGORIES", "LINK_ORIGINS", "FrameCells", "PairLinkage", "link_pair"]
