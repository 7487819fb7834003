"""How is an error told in a line?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from distnet_store.pipeline.atlas.error_order import ErrorRow

_LISTED: Final = 6
"""Labels of one list that are written out."""


def caption(row: ErrorRow) -> str:
    """Return what an error is and where, in a line.

    Example:
        >>> base = dict.fromkeys(ErrorRow.__annotations__, [])
        >>> row = base | {"t": 3, "target_t": None, "kind": "false negative", "count": 1}
        >>> caption(row | {"counted": True, "forgiven": False, "reference_labels": [7]})
        'false negative · frame 3 · reference 7'
    """
    later = row["target_t"]
    frames = f"frame {row['t']}" if later is None else f"frames {row['t']} → {later}"
    parts = [row["kind"], frames]
    parts += _cells("reference", row["reference_labels"], row["reference_target_labels"], later)
    parts += _cells("result", row["result_labels"], row["result_target_labels"], later)
    if row["reference_track_ids"]:
        parts.append(f"lineage {_listed(row['reference_track_ids'])}")
    if row["count"] != 1:
        parts.append(f"counts {row['count']}")
    if not row["counted"]:
        parts.append("not counted: at the border or outside the frames")
    if row["forgiven"]:
        parts.append("forgiven: a division within the tolerance")
    return " · ".join(parts)


def _cells(side: str, before: Sequence[int], after: Sequence[int], later: int | None) -> list[str]:
    if not before and not after:
        return []
    if later is None:
        return [f"{side} {_listed(before)}"]
    return [f"{side} {_listed(before)} → {_listed(after)}"]


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_LISTED]))
    rest = f" and {len(numbers) - _LISTED} more" if len(numbers) > _LISTED else ""
    return shown + rest or "–"
