"""Elementary errors of an evaluation, each drawn once, with all counts worked out by hand.

The rules are those of docs/decisions/0009-evaluation-rules.md.
"""

from __future__ import annotations

from evaluation_cell_cases import CELL_CASES
from evaluation_choice_cases import CHOICE_CASES
from evaluation_division_cases import DIVISION_CASES
from evaluation_limit_cases import LIMIT_CASES
from evaluation_link_cases import LINK_CASES
from evaluation_movies import EvaluationCase

CASES: tuple[EvaluationCase, ...] = (
    *CELL_CASES,
    *LINK_CASES,
    *DIVISION_CASES,
    *LIMIT_CASES,
    *CHOICE_CASES,
)
