"""How does the help of a command become a page?"""

from __future__ import annotations

import typer.core
import typer.main

from distnet_store.cli.app import app


def command_pages() -> dict[str, str]:
    """Return a page of Markdown for each command, by its words joined by a hyphen, in the order of `--help`."""
    pages = {}
    for name, command in typer.main.get_group(app).commands.items():
        own = command.commands if isinstance(command, typer.core.TyperGroup) else {"": command}
        for word, one in own.items():
            words = f"{name} {word}".strip()
            pages[words.replace(" ", "-")] = _page(words, one)
    return pages


def _page(words: str, command: typer.core.TyperCommand) -> str:
    context = command.context_class(command, info_name=f"distnet-store {words}")
    usage = command.get_usage(context).removeprefix("Usage: ")
    rows = [_row(parameter) for parameter in command.params if not getattr(parameter, "hidden", 0)]
    table = "\n".join(["| parameter | default | |", "|---|---|---|", *rows])
    return f"# {words}\n\n{command.help}\n\n```text\n{usage}\n```\n\n{table}\n"


def _row(parameter: typer.core.TyperArgument | typer.core.TyperOption) -> str:
    is_option = isinstance(parameter, typer.core.TyperOption)
    names = (
        [*parameter.opts, *parameter.secondary_opts]
        if is_option
        else [(parameter.name or "").upper()]
    )
    shown = ", ".join(f"`{name}`" for name in names)
    default = parameter.default
    if parameter.required:
        text = "required"
    elif default is None or isinstance(default, bool) or callable(default):
        text = ""
    else:
        text = f"`{default}`"
    return f"| {shown} | {text} | {_cell(parameter.help or '')} |"


def _cell(text: str) -> str:
    """Return a text as it may stand in a table of Markdown.

    Example:
        >>> _cell("a|b *.zarr")
        'a\\\\|b \\\\*.zarr'
    """
    for sign in "|*_<":
        text = text.replace(sign, f"\\{sign}")
    return text
