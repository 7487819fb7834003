import numpy as np
from elementary_lineages import FRAMES, draw

from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
from distnet_store.ops.label_pixels import label_pixels
from distnet_store.ops.map_medians import cell_medians, likeliest_categories
from distnet_store.ops.objects import measure_objects
from distnet_store.spec.tables import arrow_schema


def test_median_ignores_a_few_wrong_pixels_and_takes_the_middle_of_two():
    values = np.array([[[3, 3, 99, 3, -7.5, 1, 2, 8]]], dtype=np.float32)
    labels = np.array([[9, 9, 9, 9, 0, 4, 4, 4]])
    assert cell_medians(label_pixels(labels), values).tolist() == [[2], [3]]
    assert cell_medians(label_pixels(labels[:, :7]), values[..., :7]).tolist() == [[1.5], [3]]


def test_no_cells_and_no_maps_give_empty_arrays():
    assert cell_medians(label_pixels(np.zeros((2, 2), int)), np.ones((3, 2, 2))).shape == (0, 3)
    assert cell_medians(label_pixels(np.ones((2, 2), int)), np.ones((0, 2, 2))).shape == (1, 0)


def test_likeliest_category_prefers_fewer_links_among_equals():
    rows = [[0.2, 0.3, 0.5], [0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]
    assert likeliest_categories(np.array(rows)).tolist() == [2, 0, 1]


def test_predictions_land_in_the_columns_of_their_channel():
    """Channel k of the displacement is k everywhere, of the multiplicity k / 10, and so on."""
    labels = draw(FRAMES)[0]
    maps = {
        "edm": np.where(labels > 0, 2.5, -1.0)[None],
        "displacement": np.broadcast_to(np.arange(4.0)[:, None, None], (4, *labels.shape)),
        "multiplicity": np.broadcast_to(
            np.array([0.1, 0.7, 0.2, 0.3, 0.1, 0.6])[:, None, None], (6, *labels.shape)
        ),
    }
    columns = measure_predictions(labels, maps)
    schema = arrow_schema("objects")
    assert set(columns) <= set(schema.names)
    assert columns["edm_max"].tolist() == [2.5, 2.5]
    assert columns["displacement_backward_x"].tolist() == [1, 1]
    assert columns["displacement_forward_y"].tolist() == [2, 2]
    np.testing.assert_allclose(columns["multiplicity_backward_one"], 0.7, rtol=1e-6)
    np.testing.assert_allclose(columns["multiplicity_forward_many"], 0.6, rtol=1e-6)
    assert columns["category_backward"].tolist() == [1, 1]
    assert columns["category_forward"].tolist() == [2, 2]

    measured = measure_objects(labels, np.zeros((0, *labels.shape)))
    cells = frame_cells(labels, measured | columns)
    assert cells.ids.tolist() == [1, 2]
    assert cells.centres.tolist() == [[2, 4], [2, 13]]
    assert cells.displacement_backward.tolist() == [[0, 1], [0, 1]]
    assert cells.displacement_forward.tolist() == [[2, 3], [2, 3]]
    assert cells.category_forward.tolist() == [2, 2]
