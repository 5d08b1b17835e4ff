"""Look, paper and language of this seat: a plain value object that widgets listen to."""

from psygnal import Signal

from farlead.messages import Language, Message
from farlead_ui.theme.tokens import PALETTES, PAPERS, Look, Palette, Paper


class Appearance:
    """Look (day or night), paper and language; `changed` after one of them changes."""

    changed = Signal()

    def __init__(
        self,
        look: Look = Look.DAY,
        language: Language = Language.ZH,
        paper: Paper = Paper.PINK,
    ) -> None:
        self._look, self._paper = look, paper
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
    def paper(self) -> Paper:
        """Print of the ECG paper; the night has its own."""
        return self._paper

    @paper.setter
    def paper(self, paper: Paper) -> None:
        if paper is not self._paper:
            self._paper = paper
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
        return PAPERS[self._paper] if self._look is Look.DAY else PALETTES[self._look]

    def text(self, message: Message) -> str:
        """A message in the language of the window."""
        return message.text(self._language)

    def joined(self, parts: list[str]) -> str:
        """Parts of a line, with the middle dot between them; empty ones are left out."""
        return " · ".join(part for part in parts if part)
