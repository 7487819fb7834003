"""How do the public names become pages, from their docstrings?"""

from __future__ import annotations

import inspect

from pydantic import BaseModel

import distnet_store

_ERRORS = """# Errors

Every error is a `DistnetError` with an exit code of its own, and also the built-in exception that fits.

```{eval-rst}
.. automodule:: distnet_store.errors
   :members:
   :show-inheritance:
```
"""


def reference_pages() -> dict[str, str]:
    """Return a page of Markdown for each public name; those of classes are named so, for disks that see no case."""
    names = sorted(set(distnet_store.__all__) - {"errors", "__version__"}, key=str.lower)
    pages = {_file(name): _page(name) for name in names}
    return dict(sorted(pages.items(), key=lambda page: page[0].startswith("class-"))) | {
        "errors": _ERRORS
    }


def _file(name: str) -> str:
    return f"class-{name}" if inspect.isclass(getattr(distnet_store, name)) else name


def _page(name: str) -> str:
    thing = getattr(distnet_store, name)
    if inspect.isclass(thing):
        return f"# {name}\n\n{_class(name, thing)}"
    kind = "autofunction" if callable(thing) else "autodata"
    return f"# {name}\n\n{_directive(kind, name, [])}"


def _class(name: str, thing: type) -> str:
    if issubclass(thing, BaseModel):
        fields = "\n".join(_field(key, one) for key, one in thing.model_fields.items())
        head = "| field | default | |\n|---|---|---|\n"
        return _directive("autoclass", name, ["no-index-entry:"]) + f"\n{head}{fields}\n"
    return _directive("autoclass", name, ["members:"])


def _field(key: str, field: object) -> str:
    description = (getattr(field, "description", None) or "").replace("|", "\\|")
    default = (
        "required" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`"
    )  # type: ignore[attr-defined]
    return f"| `{key}` | {default} | {description} |"


def _directive(kind: str, name: str, options: list[str]) -> str:
    lines = [f".. {kind}:: distnet_store.{name}", *(f"   :{option}" for option in options)]
    return "```{eval-rst}\n" + "\n".join(lines) + "\n```\n"
