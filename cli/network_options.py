"""Which options say how a network is computed? Precision and batch are for GPUs, and change the last digits only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from .choices import one_of

if TYPE_CHECKING:
    from distnet_store.spec.parameters import Flips, Precision

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

FlipsOption = Annotated[
    str,
    typer.Option(
        help="Maps are the mean over so many ways to lay a frame: 1 as it is, 4 flipped, too, 8 turned, too."
    ),
]


def parse_flips(text: str) -> Flips:
    """Return the number of ways that the command line names.

    Raises:
        WrongArgumentError: it is none of those that there are.
    """
    from distnet_store.spec.parameters import Flips

    choices: dict[str, Flips] = {str(number): number for number in get_args(Flips)}
    return choices[one_of(text, tuple(choices), "--flips")]


def parse_precision(text: str) -> Precision:
    """Return the precision that the command line names.

    Raises:
        WrongArgumentError: it names none.
    """
    from distnet_store.spec.parameters import Precision

    return one_of(text, get_args(Precision), "--precision")
