"""Does each image get its own mask, however both are called, and is everything else told?"""

from pathlib import Path

import pytest

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.store.sources.mask_pairs import paired_masks
from distnet_store.store.sources.several import movies_in


def files(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def pairs(images: Path, masks: Path) -> dict[str, str]:
    return {one.path.name: mask.name for one, mask in paired_masks(movies_in(images), masks)}


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("a.tif", "a.tif"),
        ("a.tif", "a.png"),
        ("a.ome.tif", "a.npy"),
        ("a.tif", "a_mask.tif"),
        ("a.tif", "a_cp_masks.png"),
        ("a.tif", "a-labels.tif"),
        ("a.tif", "a.label.tif"),
        ("a.tif", "masks_a.tif"),
        ("img_007.tif", "mask_007.tif"),
        ("img007.tif", "mask007.tif"),
        ("02_image.tif", "02_labels.tif"),
        ("02_RAW.tif", "02_Label.tif"),
        ("field 1_img.tif", "field 1_seg.tif"),
        ("mask.tif", "mask.tif"),
    ],
)
def test_names_that_belong_together(tmp_path: Path, image: str, mask: str) -> None:
    images = files(tmp_path / "images", image, "other.tif")
    masks = files(tmp_path / "masks", mask, "other.tif")
    assert pairs(images, masks) == {image: mask, "other.tif": "other.tif"}


def test_masks_in_the_folder_of_the_images_are_no_images(tmp_path: Path) -> None:
    folder = files(tmp_path, "02_image.tif", "02_labels.tif", "04_image.tif", "04_labels.tif")
    assert pairs(folder, folder) == {
        "02_image.tif": "02_labels.tif",
        "04_image.tif": "04_labels.tif",
    }


def test_what_else_cellpose_writes_is_left_out(tmp_path: Path) -> None:
    folder = files(tmp_path, "a.tif", "a_cp_masks.tif", "a_flows.tif", "b.tif", "b_cp_masks.tif")
    assert pairs(folder, folder) == {"a.tif": "a_cp_masks.tif", "b.tif": "b_cp_masks.tif"}


def test_the_whole_name_goes_before_its_core(tmp_path: Path) -> None:
    images = files(tmp_path / "images", "img_1.tif", "1.tif")
    masks = files(tmp_path / "masks", "img_1_mask.tif", "1_mask.tif")
    assert pairs(images, masks) == {"img_1.tif": "img_1_mask.tif", "1.tif": "1_mask.tif"}


def test_all_that_does_not_pair_up_is_told(tmp_path: Path) -> None:
    images = files(tmp_path / "images", "a.tif", "b.tif", "c.tif")
    masks = files(tmp_path / "masks", "a_mask.tif", "a_labels.tif", "C_mask.tif", "d.tif")
    with pytest.raises(WrongArgumentError, match="do not pair up") as refused:
        pairs(images, masks)
    text = str(refused.value)
    assert "2 images without a mask: b.tif, c.tif" in text
    assert "1 images with several masks: a.tif (a_labels.tif, a_mask.tif)" in text
    assert "2 masks without an image: C_mask.tif, d.tif" in text
    assert "{name}" in text


def test_many_faults_are_not_all_named(tmp_path: Path) -> None:
    images = files(tmp_path / "images", *(f"i{k}.tif" for k in range(20)))
    masks = files(tmp_path / "masks", "x.tif")
    with pytest.raises(
        WrongArgumentError, match=r"i0\.tif, i1\.tif, i2\.tif, i3\.tif, i4\.tif and 15 more"
    ):
        pairs(images, masks)


def test_a_folder_without_masks_is_told(tmp_path: Path) -> None:
    images, masks = files(tmp_path / "images", "a.tif"), files(tmp_path / "masks", "notes.txt")
    with pytest.raises(NotFoundError, match="no masks in this folder"):
        pairs(images, masks)
