"""Which options say how a network is computed? They are for GPUs; results differ in the last digits only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from .choices import one_of

if TYPE_CHECKING:
    from distnet_store.spec.parameters import Precision

PrecisionOption = Annotated[
    str,
    typer.Option(
        help="float32, bfloat16 or float16: faster on a GPU; the first frame is compared with float32."
    ),
]

BatchOption = Annotated[
    int,
    typer.Option(
        min=1, help="Windows computed at once; some 4 keep a GPU busy, on a CPU 1 is best."
    ),
]


def parse_precision(text: str) -> Precision:
    """Return the precision that the command line names.

    Raises:
        WrongArgumentError: it names none.
    """
    from distnet_store.spec.parameters import Precision

    return one_of(text, get_args(Precision), "--precision")
