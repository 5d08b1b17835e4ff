"""Sections 8 and 11: the device's interpretation, in its words and in codes.

References
----------
EN 1064 clauses 5.11 (section 8), 5.14 (section 11), annex B (codes of statements).
"""

from farlead.formats.scp.header import Texts
from farlead.formats.scp.record import Fields, Section
from farlead.model.recording import Annotation

_STATUS = {1: "status of the statements: confirmed", 2: "status of the statements: overread"}
_HEAD = 8  # status, date, time
_CODES, _TEXT = 1, 2


def textual(section: Section, texts: Texts) -> list[Annotation]:
    """Statements of section 8."""
    return _found(section, [texts.of(piece, "section 8") for piece in _pieces(section)])


def coded(section: Section, texts: Texts) -> list[Annotation]:
    """Statements of section 11: their codes as they are, or text."""
    found: list[str | None] = []
    for piece in _pieces(section):
        if piece[:1] == bytes([_CODES]):
            words = (texts.of(word, "section 11") for word in piece[1:].split(b"\0"))
            found.append(" ".join(word for word in words if word) or None)
        elif piece[:1] == bytes([_TEXT]):
            found.append(texts.of(piece[1:], "section 11"))
    return _found(section, found)


def _pieces(section: Section) -> list[bytes]:
    fields = Fields(section)
    fields.take(_HEAD)
    pieces = []
    for _ in range(fields.byte()):
        fields.byte()  # number in sequence
        pieces.append(fields.take(fields.word()))
    return pieces


def _found(section: Section, statements: list[str | None]) -> list[Annotation]:
    found = [Annotation(text) for text in statements if text]
    status = _STATUS.get(section.body[0])
    return [*found, Annotation(status)] if found and status else found
