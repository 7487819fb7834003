"""What was done in an edit, and by which evidence, in words?"""

from __future__ import annotations

import math

from distnet_store.pipeline.explain.edit_rows import EditRow


def edit_title(row: EditRow) -> str:
    """Return which edit it is, what it did, and where in time.

    Example:
        >>> edit_title({"edit": 3, "rule": "merge tracks", "t_first": 4, "t_last": 6, "round": 1})
        '3: merge tracks, frames 4 to 6, round 1'
    """
    first, last = row["t_first"], row["t_last"]
    frames = f"frame {first}" if first == last else f"frames {first} to {last}"
    return f"{row['edit']}: {row['rule']}, {frames}, round {row['round']}"


def evidence(row: EditRow) -> str:
    """Return by which evidence an edit was made, or an event was left alone, in a few sentences."""
    several, one = ("before", "after") if row["event"] == "merge" else ("after", "before")
    parts = [
        f"At frame {row['t_event']} one cell has several neighbours {several} it, and {_said(row)}.",
        f"They are several in {_frames(row['n_frames_together'])} {several} it and one in "
        f"{_frames(row['n_frames_single'])} {one} that.",
        _contact(row),
        f"The single cell has {row['area_ratio']:.2f} times the area of its neighbours together.",
    ]
    if row["is_link_restored"]:
        parts.append("The link of one of them was lost and was put back first.")
    return " ".join(part for part in parts if part)


def _said(row: EditRow) -> str:
    if row["probability_many"] is None:
        return "no network spoke: masks alone decide"
    return f"the network says with a probability of {row['probability_many']:.2f} only that it has many"


def _frames(number: int) -> str:
    return "1 frame" if number == 1 else f"{number} frames"


def _contact(row: EditRow) -> str:
    distance, t = row["contact_distance"], row["t_contact"]
    if distance is None or t < 0 or math.isnan(distance):
        return ""
    if math.isinf(distance):
        return f"In frame {t} their poles do not face each other."
    return f"The largest gap between them that was looked at is {distance:.1f} px, in frame {t}."
