"""Nothing but UnreadableFile leaves a reader: what no check of it foresaw becomes a refusal too.

A damaged file must not stop the intake of the others, and libraries of others raise errors of
many kinds on one.
"""

from collections.abc import Callable
from typing import TypeVar

from farlead.errors import UnreadableFile
from farlead.messages import message

_LONGEST_CAUSE = 120
_T = TypeVar("_T")


def guarded(read: Callable[[], _T], name: str) -> _T:
    """What `read` gives; anything that escapes it becomes UnreadableFile.

    Parameters
    ----------
    read : callable
        Reads one file.
    name : str
        Of its format, as in ``formats.name.NAME``.
    """
    try:
        return read()
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:
        what = f"@formats.name.{name}"
        raise UnreadableFile(
            message("formats.damaged", format=what, cause=cause_of(error))
        ) from error


def cause_of(error: BaseException) -> str:
    """What an error says, on one line and short."""
    return " ".join(str(error).split())[:_LONGEST_CAUSE] or type(error).__name__
