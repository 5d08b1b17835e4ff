"""What an account keeps of keys, layout, look, language, habits: another station has them, too.

The seat remembers them as well, for the lock screen and for a start without the database.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from farlead.errors import SettingsError
from farlead.messages import Language, message
from farlead_ui.seat import SeatMemory
from farlead_ui.theme.tokens import Look, Paper

#: Names under which an account keeps them; others, such as short forms, are of other rooms.
NAMES = ("keys", "layout", "look", "paper", "language", "keep_interrupted")


class Personal(BaseModel):
    """What of it an account has; None: nothing has been chosen."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    keys: dict[str, tuple[str, ...]] | None = None
    layout: str | None = None
    look: Look | None = None
    paper: Paper | None = None
    language: Language | None = None
    keep_interrupted: bool | None = None


def followed(memory: SeatMemory, login: str, kept: Mapping[str, object]) -> SeatMemory:
    """What the seat remembers, with what the account keeps on top.

    Raises
    ------
    SettingsError
        What is kept cannot be read; the reason names the field.
    """
    try:
        own = Personal.model_validate(kept)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        told = message("shell.personal_wrong", field=field, cause=first["msg"])
        raise SettingsError(told) from error
    said: dict[str, object] = {
        name: value
        for name in ("keys", "look", "paper", "language", "keep_interrupted")
        if (value := getattr(own, name)) is not None
    }
    if own.layout is not None:
        said["layouts"] = {**memory.layouts, login: own.layout}
    return memory.model_copy(update=said)
