"""docs/training.md lists every limit of augmentation as it is."""

from pathlib import Path

from distnet_store.spec.augmentation import Augmentation

PAGE = Path(__file__).resolve().parents[3] / "docs/training.md"


def limits_table() -> str:
    rows = ["| limit | default | meaning |", "|---|---|---|"]
    for name, field in Augmentation.model_fields.items():
        value = field.default
        shown = ", ".join(f"{end:g}" for end in value) if isinstance(value, tuple) else str(value)
        rows.append(f"| `{name}` | {shown} | {field.description} |")
    return "\n".join(rows)


def test_the_page_lists_every_limit():
    assert limits_table() in PAGE.read_text(encoding="utf-8")
