"""How is a kernel compiled, also where no folder for compiled code can be written?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(**options: Any) -> Callable[[Kernel], Kernel]:
    """Return the decorator that compiles a kernel with numba and keeps the machine code for later runs.

    Where neither the package's folder nor the user's cache can be written (a read-only container, an
    account without a home), numba refuses to keep it; then the kernel is compiled anew in each process.
    The results are the same.

    Example:
        >>> @compiled()
        ... def twice(number):
        ...     return 2 * number
        >>> twice(3)
        6
    """

    def decorate(function: Kernel) -> Kernel:
        try:
            kernel: Kernel = numba.njit(cache=True, **options)(function)
        except RuntimeError as error:
            if "cannot cache function" not in str(error):
                raise
            kernel = numba.njit(**options)(function)
        return kernel

    return decorate
