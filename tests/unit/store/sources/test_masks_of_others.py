"""Masks come in as Cellpose, Omnipose and StarDist lay them out, and nothing that would run code is opened."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.store.sources.detect import open_label_source

Labels = NDArray[np.uint16]


def same(source, labels: Labels) -> None:
    assert source.shape == labels.shape
    for t, frame in enumerate(labels):
        np.testing.assert_array_equal(source.read(t), frame)


def seg(masks: Labels) -> dict[str, object]:
    """What Cellpose's window saves beside an image."""
    return {"masks": masks, "outlines": masks > 0, "flows": [None], "filename": "img.tif"}


@pytest.mark.parametrize("ending", ["tif", "png"])
def test_a_folder_of_cellpose_or_omnipose(tmp_path: Path, labels: Labels, ending: str) -> None:
    """Images, masks, flows, outlines and `_seg.npy` lie side by side."""
    for t, frame in enumerate(labels):
        tifffile.imwrite(tmp_path / f"img_{t}.tif", frame + 7)
        tifffile.imwrite(tmp_path / f"img_{t}_flows.tif", np.zeros((9, 9), np.uint8))
        np.save(tmp_path / f"img_{t}_seg.npy", seg(frame), allow_pickle=True)
        (tmp_path / f"img_{t}_cp_outlines.txt").write_text("1,2\n")
        file = tmp_path / f"img_{t}_cp_masks.{ending}"
        if ending == "png":
            file.write_bytes(imagecodecs.png_encode(frame))
        else:
            tifffile.imwrite(file, frame, compression="zlib")
    same(open_label_source(tmp_path), labels)
    same(open_label_source(tmp_path / f"*_cp_masks.{ending}"), labels)


def test_a_folder_of_stardist(tmp_path: Path, labels: Labels) -> None:
    """Its helper writes int16 for ImageJ, with axes of its own."""
    for t, frame in enumerate(labels):
        image = frame.astype(np.int16)[None, None, None]
        tifffile.imwrite(tmp_path / f"img_{t}.tif", image, imagej=True, metadata={"axes": "TZCYX"})
    same(open_label_source(tmp_path), labels)


def test_arrays_of_stardist_or_any_python_program(tmp_path: Path, labels: Labels) -> None:
    (tmp_path / "npy").mkdir()
    for t, frame in enumerate(labels):
        np.save(tmp_path / "npy" / f"labels_{t}.npy", frame.astype(np.int32))
    np.savez_compressed(tmp_path / "stack.npz", masks=labels)
    np.savez(tmp_path / "frames.npz", *labels)
    for name in ("npy", "stack.npz", "frames.npz"):
        same(open_label_source(tmp_path / name), labels)
    assert open_label_source(tmp_path / "stack.npz", axes="tyx").files == ("stack.npz",)
    with pytest.raises(WrongArgumentError, match="an image"):
        open_label_source(tmp_path / "npy", axes="tyx")


def test_python_objects_are_refused_with_what_to_do_instead(tmp_path: Path, labels: Labels) -> None:
    folder = tmp_path / "seg"
    folder.mkdir()
    np.save(folder / "img_0_seg.npy", seg(labels[0]), allow_pickle=True)
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}]), allow_pickle=True)
    np.savez(tmp_path / "objects.npz", a=np.array([{"a": 1}]), b=labels)
    for path in (
        folder,
        folder / "img_0_seg.npy",
        tmp_path / "objects.npy",
        tmp_path / "objects.npz",
    ):
        with pytest.raises(InvalidDataError, match="Python objects") as caught:
            open_label_source(path)
        assert "_cp_masks" in caught.value.remedy


def test_no_object_of_a_refused_file_is_made(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    np.save(tmp_path / "a.npy", np.array([Trap()]), allow_pickle=True)
    np.savez(tmp_path / "b.npz", a=np.array([Trap()]))
    np.save(tmp_path / "c_seg.npy", np.array([Trap()]), allow_pickle=True)
    for name in ("a.npy", "b.npz", "c_seg.npy"):
        with pytest.raises(InvalidDataError):
            open_label_source(tmp_path / name)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("fault", ["size", "dimensions", "cut", "empty", "text"])
def test_arrays_that_are_no_frames_of_one_movie(tmp_path: Path, labels: Labels, fault: str) -> None:
    arrays = [labels[0], labels[1]]
    if fault == "size":
        arrays[1] = arrays[1][:-1]
    elif fault == "dimensions":
        arrays = [labels, labels]
    np.savez(tmp_path / "a.npz", *([] if fault == "empty" else arrays))
    if fault == "cut":
        (tmp_path / "a.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:500])
    elif fault == "text":
        (tmp_path / "a.npz").write_text("labels")
    with pytest.raises(InvalidDataError):
        open_label_source(tmp_path / "a.npz")
    if fault in {"size", "dimensions"}:
        (tmp_path / "f").mkdir()
        for i, array in enumerate(arrays):
            np.save(tmp_path / "f" / f"{i}.npy", array)
        with pytest.raises(InvalidDataError, match="no frames of one movie"):
            open_label_source(tmp_path / "f")
