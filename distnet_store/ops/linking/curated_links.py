"""Which links stand once a person has said what is linked and what is not?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.curated_facts import CuratedFacts
from distnet_store.ops.sorted_keys import is_among


def standing_links(links: NDArray[np.int64], facts: CuratedFacts) -> NDArray[np.bool_]:
    """Return which links (m, 2) of a rule may stand beside those that a person made or confirmed.

    Both are pairs of object ids (earlier, later). A link falls that a person has forbidden, or that
    leaves a cell whose way on a person has told, or reaches one whose origin a person has told; the
    curated links themselves are not counted among those that stand.

    Example:
        >>> from distnet_store.ops.curated_facts import no_facts
        >>> standing_links(np.array([[1, 2]]), no_facts())
        array([ True])
    """
    told = is_among(links[:, 0], np.unique(facts.links[:, 0]))
    told |= is_among(links[:, 1], np.unique(facts.links[:, 1]))
    forbidden = {tuple(pair) for pair in facts.unlinked.tolist()}
    refused = np.array([tuple(pair) in forbidden for pair in links.tolist()], bool)
    return np.asarray(~told & ~refused)
