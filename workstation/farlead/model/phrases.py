"""Templates: what is written into a report at once, with places for figures and for the reader."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from farlead.messages import Language
from farlead.model.figures import written
from farlead.model.report import Statement
from farlead.model.screening import Screening

#: Left for the reader to fill in; the cursor goes from one to the next.
BLANK = "＿＿"
#: Measurements that have a place, written ``{pr}``.
MEASURES = ("heart_rate", "rr_mean", "pr", "qrs", "qt", "qtc", "axis")
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages."""

    zh: str = ""
    en: str = ""

    def text(self, language: Language) -> str:
        """The text in a language; in the other one where there is none."""
        return (self.zh or self.en) if language is Language.ZH else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Template:
    """What one choice writes.

    Parameters
    ----------
    code : str
        Stable id; of a personal one its short form.
    zh, en : str
        Name under which it is offered.
    statements : tuple of Statement
        Lines to add.
    findings, conclusion : Both
        Free text to append, with places.
    own : bool
        Whether it is the reader's own.
    """

    code: str
    zh: str
    en: str
    statements: tuple[Statement, ...] = ()
    findings: Both = Both()
    conclusion: Both = Both()
    own: bool = False


def places(text: str) -> Iterator[str]:
    """Names of the measurements that have a place in a text."""
    return (found.group(1) for found in _PLACE.finditer(text))


def filled(text: str, screening: Screening | None) -> str:
    """A text with the figures in their places; a figure that is unknown leaves a blank.

    What is no name of a measurement stays as it is.
    """

    def figure(place: "re.Match[str]") -> str:
        name = place.group(1)
        if name not in MEASURES:
            return place.group()
        made = screening.measurement(name) if screening is not None else None
        return BLANK if made is None or made.value is None else written(made.value, made.unit)

    return _PLACE.sub(figure, text)
