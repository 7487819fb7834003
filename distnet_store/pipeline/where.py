"""What does a condition such as ``n_objects > 10 and end = 'division'`` ask of the rows of a table?

The condition is parsed here and becomes an Arrow expression: nothing in it is ever run as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from distnet_store.errors import WrongArgumentError

Value = int | float | str | bool

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)|(?P<text>'(?:[^']|'')*')"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<sign><=|>=|!=|<>|==|[=<>(),]))"
)
_COMPARE: Final[dict[str, Callable[[pc.Expression, Value], pc.Expression]]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_EXPECTED: Final = (
    "COLUMN = VALUE with =, !=, <, <=, >, >=, in (1, 2), is null, joined by and, or, not and parentheses; texts in "
    "single quotes"
)


def parse_where(text: str, schema: pa.Schema) -> pc.Expression:
    """Return the Arrow expression of a condition on the columns of a table.

    Columns of lists cannot be compared. A text that is compared with a number is refused, and the
    other way round.

    Raises:
        WrongArgumentError: it is no such condition, or names a column that is not there.

    Example:
        >>> schema = pa.schema([("t", pa.int32()), ("end", pa.string())])
        >>> print(parse_where("t > 2 and not end = 'lost'", schema))
        ((t > 2) and invert((end == "lost")))
    """
    return _Parser(text, schema).whole()


class _Parser:
    """Reads a condition from left to right: `or` of `and` of `not` of comparisons."""

    def __init__(self, text: str, schema: pa.Schema) -> None:
        self._text, self._schema = text, schema
        self._tokens = _tokens(text)
        self._place = 0

    def whole(self) -> pc.Expression:
        found = self._either()
        if self._place < len(self._tokens):
            self._refuse(f"{self._tokens[self._place][1]!r} after the end of the condition")
        return found

    def _either(self) -> pc.Expression:
        found = self._both()
        while self._takes("or"):
            found = found | self._both()
        return found

    def _both(self) -> pc.Expression:
        found = self._negated()
        while self._takes("and"):
            found = found & self._negated()
        return found

    def _negated(self) -> pc.Expression:
        if self._takes("not"):
            return ~self._negated()
        if not self._takes("("):
            return self._comparison()
        found = self._either()
        self._need(")")
        return found

    def _comparison(self) -> pc.Expression:
        name = self._column()
        column = pc.field(name)
        if self._takes("is"):
            negated = self._takes("not")
            self._need("null")
            return column.is_valid() if negated else column.is_null()
        if self._takes("not"):
            self._need("in")
            return ~column.isin(self._list(name))
        if self._takes("in"):
            return column.isin(self._list(name))
        sign = self._next()[1]
        if sign not in _COMPARE:
            if self._schema.field(name).type != pa.bool_():
                self._refuse(f"{sign!r} where a comparison of {name!r} was expected")
            self._place -= 1
            return column
        return _COMPARE[sign](_plain(column, self._schema.field(name).type), self._value(name))

    def _list(self, name: str) -> list[Value]:
        self._need("(")
        values = [self._value(name)]
        while self._takes(","):
            values.append(self._value(name))
        self._need(")")
        return values

    def _column(self) -> str:
        kind, name = self._next()
        if kind == "word" and name in self._schema.names:
            if pa.types.is_list(self._schema.field(name).type):
                self._refuse(f"{name!r}, a column of lists")
            return name
        raise WrongArgumentError(
            f"there is no column {name or 'at the end of the condition'}",
            expected=", ".join(self._schema.names),
            found=repr(self._text),
        )

    def _value(self, name: str) -> Value:
        kind, text = self._next()
        type_ = self._schema.field(name).type
        is_text = pa.types.is_string(type_) or pa.types.is_dictionary(type_)
        if kind == "text" and is_text:
            return text[1:-1].replace("''", "'")
        if kind == "number" and not is_text and type_ != pa.bool_():
            return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
        if text.lower() in ("true", "false") and type_ == pa.bool_():
            return text.lower() == "true"
        return self._refuse(f"{text!r} as a value of {name!r}, which is {_words(type_)}")

    def _next(self) -> tuple[str, str]:
        self._place += 1
        if self._place > len(self._tokens):
            return "end", ""
        return self._tokens[self._place - 1]

    def _takes(self, word: str) -> bool:
        is_it = self._place < len(self._tokens) and self._tokens[self._place][1].lower() == word
        self._place += is_it
        return is_it

    def _need(self, word: str) -> None:
        if not self._takes(word):
            self._refuse(f"{self._next()[1] or 'the end'!r} where {word!r} was expected")

    def _refuse(self, what: str) -> NoReturn:
        raise WrongArgumentError(
            "this is no condition on the rows",
            expected=_EXPECTED,
            found=f"{what}, in {self._text!r}",
        )


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None:
            raise WrongArgumentError(
                "this is no condition on the rows",
                expected=_EXPECTED,
                found=f"{stripped[place:]!r}, in {text!r}",
            )
        kind = match.lastgroup or ""
        found.append((kind, match.group(kind)))
        place = match.end()
    return found


def _plain(column: pc.Expression, type_: pa.DataType) -> pc.Expression:
    """Return the column as plain text if it is a dictionary, which has no order."""
    return column.cast(pa.string()) if pa.types.is_dictionary(type_) else column


def _words(type_: pa.DataType) -> str:
    if type_ == pa.bool_():
        return "true or false"
    return "text" if pa.types.is_string(type_) or pa.types.is_dictionary(type_) else "a number"
