"""Do digests change with what they are made of, and with nothing else?"""

import numpy as np
import pytest

from distnet_store.spec.parameters import LinkingParameters
from distnet_store.store.digest import (
    PixelDigest,
    digest_array,
    digest_bytes,
    digest_json,
    digest_texts,
)

FRAME = np.arange(6, dtype=np.uint16).reshape(2, 3)


def test_digests_stay_what_they_are_in_stored_datasets() -> None:
    assert digest_bytes(b"distnet") == "3aceb306040bcce3c44369427d0a828afa5c664f"
    assert digest_json({"b": [1, 2.5, None], "a": "é"}) == digest_bytes(
        b'{"a":"\\u00e9","b":[1,2.5,null]}'
    )


def test_order_of_keys_does_not_matter_and_order_of_lists_does() -> None:
    assert digest_json({"a": 1, "b": 2}) == digest_json({"b": 2, "a": 1})
    assert digest_json([1, 2]) != digest_json([2, 1])


def test_model_has_the_digest_of_its_values() -> None:
    assert digest_json(LinkingParameters()) == digest_json({"method": "joint", "max_gap": 0})


@pytest.mark.parametrize(
    "other",
    [FRAME + 1, FRAME.T, FRAME.reshape(-1), FRAME.astype(np.int16), FRAME.astype(np.uint32)],
)
def test_values_shape_and_type_all_count(other: np.ndarray) -> None:
    assert digest_array(other) != digest_array(FRAME)


@pytest.mark.parametrize(
    "same", [FRAME.copy(order="F"), FRAME.astype(">u2"), np.repeat(FRAME, 2, axis=1)[:, ::2]]
)
def test_memory_layout_and_byte_order_do_not_count(same: np.ndarray) -> None:
    assert digest_array(same) == digest_array(FRAME)


def test_empty_array_has_a_digest() -> None:
    assert digest_array(np.empty((0, 4))) != digest_array(np.empty((0, 3)))


def test_texts_are_kept_apart() -> None:
    assert digest_texts(["ab", "c"]) != digest_texts(["a", "bc"])


def pixel_digest(*frames: np.ndarray, like: str | None = None) -> str:
    digest = PixelDigest(like)
    for frame in frames:
        digest.add(frame)
    return digest.text


def test_digests_of_pixels_stay_what_they_are_in_stored_datasets() -> None:
    frames = np.arange(12, dtype=np.uint16).reshape(2, 1, 2, 3)
    assert pixel_digest(*frames) == "xxh3:39aaaaef47cd94c8c80f6ab6653267a67f4a722d"
    assert pixel_digest(*frames, like="0f3a") == digest_texts([digest_array(f) for f in frames])


def test_every_pixel_and_the_order_of_frames_count() -> None:
    one, other = np.zeros((1, 2, 3), np.uint8), np.eye(2, 3, dtype=np.uint8)[None]
    known = {pixel_digest(one, other), pixel_digest(other, one), pixel_digest(one, one)}
    assert len(known | {pixel_digest(one.astype(np.int8), other), pixel_digest(one[:, :, :2])}) == 5


def test_memory_layout_and_byte_order_of_pixels_do_not_count() -> None:
    frame = np.arange(6, dtype=np.uint16).reshape(1, 2, 3)
    assert pixel_digest(frame) == pixel_digest(np.asfortranarray(frame))
    assert pixel_digest(frame) == pixel_digest(frame.astype(">u2"))
