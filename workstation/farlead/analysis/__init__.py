"""Screening of arriving studies: measurements of the signal core, flags by rule tables."""

from collections.abc import Sequence
from functools import lru_cache

from farlead.analysis.rules import RuleSet, shipped
from farlead.analysis.screen import VERSION, screen
from farlead.model.recording import ImageStudy, Recording
from farlead.model.screening import QtFormula, Screening

__all__ = ["VERSION", "RuleSet", "rules_of", "screen", "screen_by"]


@lru_cache(4)
def rules_of(name: str, text: str) -> RuleSet:
    """The rules as an institution's own table changes them; those that ship for an empty text.

    Raises
    ------
    RuleTableError
    """
    return shipped().changed_by(text, name) if text else shipped()


def screen_by(
    recording: Recording | ImageStudy,
    earlier: Sequence[Recording],
    name: str,
    text: str,
    formula: QtFormula,
) -> Screening | None:
    """:func:`screen` as the confined process calls it: with the text of the institution's table.

    None for images, which have no model yet.
    """
    if isinstance(recording, ImageStudy):
        return None
    return screen(recording, earlier=earlier, rules=rules_of(name, text), formula=formula)
