"""Which ways can a call fail, and with which exit code does each end a command?

Every error says what was expected, what was found, where, and what to do. Each class also
inherits the matching built-in, so that ``except ValueError`` or ``except OSError`` still work.
"""

from __future__ import annotations

from typing import ClassVar


class DistnetError(Exception):
    """Base of all errors raised on purpose by this package.

    Example:
        >>> str(DistnetError("no pixel size", found="none", remedy="give --pixel-size"))
        'no pixel size\\n  found: none\\n  what to do: give --pixel-size'
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        problem: str,
        *,
        expected: str = "",
        found: str = "",
        where: str = "",
        remedy: str = "",
    ) -> None:
        """Keep the parts; ``str()`` joins those that are given, one a line."""
        self.problem = problem
        self.expected = expected
        self.found = found
        self.where = where
        self.remedy = remedy
        super().__init__(problem, expected, found, where, remedy)

    def __str__(self) -> str:
        """Return the problem and, indented under it, every part that was given."""
        parts = {
            "expected": self.expected,
            "found": self.found,
            "where": self.where,
            "what to do": self.remedy,
        }
        return "\n".join(
            [self.problem, *(f"  {name}: {text}" for name, text in parts.items() if text)]
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error travel between processes with all its parts."""
        parts = {
            "expected": self.expected,
            "found": self.found,
            "where": self.where,
            "remedy": self.remedy,
        }
        return (_rebuild, (type(self), self.problem, parts))


def _rebuild(kind: type[DistnetError], problem: str, parts: dict[str, str]) -> DistnetError:
    return kind(problem, **parts)


class WrongArgumentError(DistnetError, ValueError):
    """An argument or option has a value that it cannot have."""

    exit_code = 2


class NotADatasetError(DistnetError, ValueError):
    """A path or URL holds no OME-Zarr image that can be read."""

    exit_code = 3


class InvalidDataError(DistnetError, ValueError):
    """Pixels or labels cannot be what they are given as: cut short, NaN, float masks, wrong axes."""

    exit_code = 4


class MissingMetadataError(DistnetError, ValueError):
    """A figure that the work depends on (pixel size, frame interval) is not known."""

    exit_code = 5


class TargetExistsError(DistnetError, FileExistsError):
    """The result exists already and would have to be replaced."""

    exit_code = 6


class SchemaVersionError(DistnetError, ValueError):
    """The dataset follows a schema version that this program cannot read or must upgrade first."""

    exit_code = 7


class ModelMismatchError(DistnetError, ValueError):
    """The model cannot read this movie, or its file does not hold what it says."""

    exit_code = 8


class StorageError(DistnetError, OSError):
    """The disk or bucket refused: no permission, no space, no such bucket, no connection."""

    exit_code = 9


class InvalidLineageError(DistnetError, ValueError):
    """Links or parents contradict the labels or one another."""

    exit_code = 10


class NotFoundError(DistnetError, LookupError):
    """A model, channel, level, result or table that was named is not there."""

    exit_code = 11


class MisalignedWriteError(DistnetError, ValueError):
    """A write would touch a part of a shard only, which loses data when another writes beside it."""

    exit_code = 12


class MissingExtraError(DistnetError, ImportError):
    """An optional part of the installation is needed and absent."""

    exit_code = 13


class InvalidDatasetError(DistnetError, ValueError):
    """`validate` found problems in a dataset."""

    exit_code = 14


class ConflictError(DistnetError, RuntimeError):
    """Somebody else has changed the result since it was looked at, or is changing it."""

    exit_code = 15


class WorkerLostError(DistnetError, RuntimeError):
    """Worker processes ended or a scheduler stopped answering before the work was done."""

    exit_code = 16


class PartlyFailedError(DistnetError, RuntimeError):
    """A command failed on some movies of a collection and is done with the others."""

    exit_code = 17


class StoppedError(DistnetError, RuntimeError):
    """A run was asked to stop before it was done, and kept what it needs to go on."""

    exit_code = 18
