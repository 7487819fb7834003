"""The inverted Laplacian of Gaussian."""

import numpy as np
import pytest
from scipy import ndimage

from distnet_store.ops.segmentation.laplacian import inverted_laplacian


@pytest.mark.parametrize("sigma", [1.0, 1.37, 3.0])
@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (40, 3), (31, 30)])
def test_it_is_that_of_scipy_in_double_precision(shape, sigma):
    image = np.random.default_rng(0).random(shape, dtype=np.float32)
    expected = -ndimage.gaussian_laplace(image.astype(float), sigma)
    np.testing.assert_allclose(inverted_laplacian(image, sigma), expected, atol=1e-6)
