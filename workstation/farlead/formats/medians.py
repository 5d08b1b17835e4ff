"""Median beats of a device: an addition that never costs the rhythm."""

from collections.abc import Callable
from typing import TypeVar

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.messages import message

_T = TypeVar("_T")


def if_sound(read: Callable[[], _T], notes: Notes) -> _T | None:
    """What `read` gives of a median beat; None, noted with the place, where it is damaged."""
    try:
        return read()
    except UnreadableFile as error:
        notes.add(message("formats.note.median_damaged", where=error.tag or "–"))
        return None
