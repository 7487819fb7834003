"""How are limits of random changes read from the command line?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from distnet_store.errors import WrongArgumentError

if TYPE_CHECKING:
    from distnet_store.spec.augmentation import Augmentation


def chosen_augmentation(texts: Sequence[str]) -> Augmentation:
    """Return the limits with those changed that are given as NAME=VALUE, pairs as 1,2.

    Raises:
        WrongArgumentError: there is no such limit, or it cannot have this value.

    Example:
        >>> chosen_augmentation(["shift_px=20", "blur_sigma=1,3"]).blur_sigma
        (1.0, 3.0)
    """
    from pydantic import ValidationError

    from distnet_store.spec.augmentation import Augmentation

    found: dict[str, object] = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name] = json.loads(f"[{value}]" if "," in value else value)
        except json.JSONDecodeError as error:
            raise _refused(text, "NAME=NUMBER or NAME=NUMBER,NUMBER") from error
    try:
        return Augmentation.model_validate(found)
    except ValidationError as error:
        names = ", ".join(Augmentation.model_fields)
        first = error.errors()[0]
        known = f"one of {names}" if first["type"] == "extra_forbidden" else first["msg"]
        raise _refused(" ".join(texts), known) from error


def _refused(text: str, expected: str) -> WrongArgumentError:
    return WrongArgumentError(
        "this is no limit of a random change", expected=expected, found=text, where="--augment"
    )
