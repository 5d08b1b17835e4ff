"""Median beats of a device: an addition that never costs the rhythm."""

from collections.abc import Callable, Sequence

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Notes
from farlead.messages import message


def if_sound(read: Callable[[], Sequence[Channel]], notes: Notes) -> tuple[Channel, ...]:
    """Median beats that `read` gives; none, noted with the place, where they are damaged."""
    try:
        return tuple(read())
    except UnreadableFile as error:
        notes.add(message("formats.note.median_damaged", where=error.tag or "–"))
        return ()
