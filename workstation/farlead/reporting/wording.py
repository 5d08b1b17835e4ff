"""Words and figures as the page prints them; text of users is kept as data throughout.

What the font cannot print is neither dropped nor shown as an empty box: its code point stands
in its place (〔U+1F600〕).
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, tzinfo

from farlead.messages import Language, Message, catalogue, message

_LONG_WORD = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]{28,}")
_BREAK = "\u200b"
_STEP = 14


@dataclass(frozen=True, slots=True)
class Words:
    """Prints values in one language, zone and font.

    Parameters
    ----------
    glyphs : container of int
        Code points that can be printed.
    zone : tzinfo or None
        None is the station's own.
    both : bool
        Labels are printed in the other language too.
    """

    language: Language
    glyphs: Container[int]
    zone: tzinfo | None = None
    both: bool = False

    def label(self, name: str, /, **parameters: str | int | float) -> str:
        """Text ``reporting.NAME`` as a label: in both languages where both are wanted."""
        told = message(f"reporting.{name}", **parameters)
        first = self.message(told)
        second = self.user(told.text(self.other))
        return f"{first} {second}" if self.both and first != second else first

    @property
    def other(self) -> Language:
        """The language that is not the page's."""
        return Language.EN if self.language is Language.ZH else Language.ZH

    def text(self, name: str, /, **parameters: str | int | float) -> str:
        """Text ``reporting.NAME`` of the catalogue."""
        return self.message(message(f"reporting.{name}", **parameters))

    def message(self, text: Message) -> str:
        """A message in this language, printable."""
        return self.user(text.text(self.language))

    def or_raw(self, name: str, raw: str) -> str:
        """Text `name` of the catalogue, or `raw` where there is none."""
        return self.message(message(name)) if name in catalogue() else self.user(raw)

    def user(self, text: str) -> str:
        """Text from outside: line ends kept, unprintable characters named, long words broken."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
        shown = "".join(map(self._character, lines))
        return _LONG_WORD.sub(_breakable, shown)

    def optional(self, text: str | None, limit: int = 40) -> str | None:
        """Text of one line, cut with … beyond `limit`; None for what is missing or empty.

        The attached structured report has it whole.
        """
        line = " ".join(text.split()) if text else ""
        return self.user(line if len(line) <= limit else f"{line[: limit - 1]}…") or None

    def time(self, moment: datetime | None) -> str | None:
        """Local time with its offset; a time whose zone is unknown says so."""
        if moment is None:
            return None
        if moment.tzinfo is None:
            return self.text("time.no_zone", time=moment.strftime("%Y-%m-%d %H:%M:%S"))
        local = moment.astimezone(self.zone)
        offset = local.strftime("%z")
        return f"{local:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}".replace(" -", " −")

    def _character(self, character: str) -> str:
        if character in ("\n", _BREAK) or ord(character) in self.glyphs:
            return character
        return f"〔U+{ord(character):04X}〕"


def number(value: float, digits: int = 0) -> str:
    """A figure with a true minus and no negative zero."""
    shown = f"{value:.{digits}f}"
    if float(shown) == 0:
        shown = shown.lstrip("-")
    return shown.replace("-", "−")


def _breakable(word: re.Match[str]) -> str:
    text = word.group()
    return _BREAK.join(text[i : i + _STEP] for i in range(0, len(text), _STEP))
