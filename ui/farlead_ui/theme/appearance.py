"""Look and language of this seat: a plain value object that widgets listen to."""

from psygnal import Signal

from farlead.messages import Language, Message
from farlead_ui.theme.tokens import PALETTES, Look, Palette


class Appearance:
    """Look (day or night) and language; `changed` after either changes."""

    changed = Signal()

    def __init__(self, look: Look = Look.DAY, language: Language = Language.ZH) -> None:
        self._look = look
        self._language = language

    @property
    def look(self) -> Look:
        """Day or night."""
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        if look is not self._look:
            self._look = look
            self.changed.emit()

    @property
    def language(self) -> Language:
        """Language of the window."""
        return self._language

    @language.setter
    def language(self, language: Language) -> None:
        if language is not self._language:
            self._language = language
            self.changed.emit()

    @property
    def palette(self) -> Palette:
        """Colours of the look."""
        return PALETTES[self._look]

    def text(self, message: Message) -> str:
        """A message in the language of the window."""
        return message.text(self._language)

    def joined(self, parts: list[str]) -> str:
        """Parts of a line, with the middle dot between them; empty ones are left out."""
        return " · ".join(part for part in parts if part)
