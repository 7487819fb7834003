"""Tracks built block by block are those that are built all at once, wherever blocks end."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from lineage_strategies import lineages

from distnet_store.ops.chain_stream import ChainStream
from distnet_store.ops.tracks import build_tracks


@given(lineages(), st.sets(st.integers(1, 4)))
def test_blocks_of_frames_give_the_tracks_of_the_whole_movie(movie, cuts):
    order = np.lexsort((movie.label, movie.t))
    t, label = movie.t[order], movie.label[order]
    stream, chains = ChainStream(), []
    edges = [0, *sorted(cut for cut in cuts if cut < movie.n_frames), movie.n_frames]
    for start, stop in pairwise(edges):
        here = (t >= start) & (t < stop)
        links = movie.links[(movie.links[:, 0] >= start) & (movie.links[:, 0] < stop)]
        chains.append(stream.add(t[here], label[here], links, stop))
    forest, track_id = stream.finish()
    whole = build_tracks(
        t, label, movie.links, touches_border=np.zeros(t.size, bool), frames=range(movie.n_frames)
    )
    assert track_id[np.concatenate(chains)].tolist() == whole.object_track_id.tolist()
    for name in ("t_first", "t_last"):
        assert getattr(forest, name).tolist() == getattr(whole, name).tolist()
    for name in ("parents", "children"):
        mine, theirs = getattr(forest, name), getattr(whole, name)
        assert mine.offsets.tolist() == theirs.offsets.tolist()
        assert mine.values.tolist() == theirs.values.tolist()
