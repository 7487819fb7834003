import numpy as np
import pytest
from elementary_lineages import FRAMES, draw
from real_chambers import read_chamber
from skimage.measure import regionprops_table

from distnet_store.errors import InvalidDataError
from distnet_store.ops.objects import FramePart, measure_objects
from distnet_store.spec.tables import arrow_schema

NEEDS_MORE_THAN_PIXELS = ("object_id", "t", "track_id", "lineage_id", "time_s")


def measure(labels: np.ndarray) -> dict[str, np.ndarray]:
    return measure_objects(labels, np.ones((1, *labels.shape)))


def test_columns_are_those_of_the_schema_with_its_types():
    measured = measure_objects(draw(FRAMES)[2], np.ones((2, 5, 24), np.uint16))
    schema = arrow_schema("objects", n_channels=2)
    required = {field.name for field in schema if not field.nullable}
    assert set(measured) == required - {*NEEDS_MORE_THAN_PIXELS}
    for name, values in measured.items():
        assert values.dtype == schema.field(name).type.to_pandas_dtype(), name


def test_square_of_three_is_measured_by_hand():
    """Corners 3·√2 apart; 8 outline pixels of length 1; variance 2/3 along both axes."""
    measured = measure(draw(FRAMES)[0])
    assert measured["label"].tolist() == [1, 2]
    square = {name: values[1].item() for name, values in measured.items()}
    assert (square["centre_y"], square["centre_x"]) == (2, 13)
    assert (square["centroid_y"], square["centroid_x"]) == (2, 13)
    assert [square[f"bbox_{edge}"] for edge in ("y0", "x0", "y1", "x1")] == [1, 12, 4, 15]
    assert square["area"] == 9
    assert square["feret_max"] == pytest.approx(3 * np.sqrt(2))
    assert square["perimeter"] == 8
    assert square["major_axis"] == square["minor_axis"] == pytest.approx(4 * np.sqrt(2 / 3))
    assert square["eccentricity"] == square["orientation"] == 0
    assert not square["touches_border"]


def test_single_pixel_is_a_cell():
    one = measure(np.array([[0, 0], [0, 3]]))
    assert one["area"] == 1
    assert one["feret_max"] == pytest.approx(np.sqrt(2))
    names = ("major_axis", "minor_axis", "orientation", "eccentricity", "perimeter")
    assert [one[name].item() for name in names] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("pixels", "angle"),
    [
        ([(0, 0), (0, 1), (0, 2)], 0),
        ([(0, 0), (1, 0), (2, 0)], np.pi / 2),
        ([(0, 0), (1, 1), (2, 2)], np.pi / 4),
        ([(2, 0), (1, 1), (0, 2)], -np.pi / 4),
    ],
)
def test_orientation_is_the_angle_from_x_towards_y(pixels, angle):
    labels = np.zeros((3, 3), int)
    labels[tuple(np.transpose(pixels))] = 1
    assert measure(labels)["orientation"].item() == pytest.approx(angle)


@pytest.mark.parametrize("pixel", [(0, 1), (3, 1), (1, 0), (1, 3)])
def test_cell_at_any_side_touches_the_border(pixel):
    labels = np.zeros((4, 4), int)
    labels[1, 1] = 1
    labels[pixel] = 2
    assert measure(labels)["touches_border"].tolist() == [False, True]


def test_intensity_is_the_mean_of_raw_pixels_of_each_channel():
    image = np.array([[[1, 2, 60000]], [[10, 30, 5]]], dtype=np.uint16)
    measured = measure_objects(np.array([[4, 4, 9]]), image)
    assert measured["intensity_mean_c0"].tolist() == [1.5, 60000]
    assert measured["intensity_mean_c1"].tolist() == [20, 5]


def test_empty_frame_gives_empty_columns():
    measured = measure(np.zeros((6, 5), int))
    assert {values.shape for values in measured.values()} == {(0,)}


def test_labels_up_to_the_largest_are_kept():
    largest = 2**31 - 1
    assert measure(np.array([[largest, 0, 1]]))["label"].tolist() == [1, largest]


def test_a_cell_cut_out_measures_as_in_its_frame():
    """Far from the corner, where a place has few bits left behind the point; and at the border, which stays it."""
    labels = np.zeros((4000, 3000), np.int32)
    labels[3917:3924, 2713:2720] = np.tri(7, dtype=int) * 5
    labels[3995:, 7:9] = 6
    image = np.arange(labels.size, dtype=np.float32).reshape(1, *labels.shape) % 1013
    whole = measure_objects(labels, image)
    for row, label in enumerate((5, 6)):
        y0, x0, y1, x1 = (int(whole[f"bbox_{side}"][row]) for side in ("y0", "x0", "y1", "x1"))
        box = (slice(y0, y1), slice(x0, x1))
        part = FramePart((y0, x0), labels.shape)
        alone = measure_objects(labels[box] * (labels[box] == label), image[:, *box], part=part)
        for name, values in whole.items():
            assert alone[name].dtype == values.dtype
            assert alone[name].tolist() == values[row : row + 1].tolist(), name


def test_image_of_another_size_is_refused():
    with pytest.raises(InvalidDataError, match=r"found: labels \(3, 4\), image \(1, 4, 3\)"):
        measure_objects(np.zeros((3, 4), int), np.zeros((1, 4, 3)))


def test_real_cells_measure_as_scikit_image_says():
    image, labels, _ = read_chamber("chamber10")
    for t in (0, 9):
        ours = measure_objects(labels[t], image[t])
        same = {
            "area": "area",
            "centroid_y": "centroid-0",
            "centroid_x": "centroid-1",
            "bbox_y0": "bbox-0",
            "bbox_x0": "bbox-1",
            "bbox_y1": "bbox-2",
            "bbox_x1": "bbox-3",
            "major_axis": "axis_major_length",
            "minor_axis": "axis_minor_length",
            "eccentricity": "eccentricity",
            "perimeter": "perimeter",
            "intensity_mean_c0": "intensity_mean",
        }
        names = {name.split("-")[0] for name in same.values()}
        theirs = regionprops_table(labels[t], image[t, 0], properties=("label", *names))
        assert ours["label"].tolist() == theirs["label"].tolist()
        for name, other in same.items():
            np.testing.assert_allclose(ours[name], theirs[other], rtol=1e-5, err_msg=name)
