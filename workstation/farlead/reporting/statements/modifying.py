"""How a statement is qualified: probable, not excluded, old, new, unchanged."""

from dataclasses import replace
from typing import NamedTuple

from farlead.model.report import Modifier, Statement


class Wording(NamedTuple):
    """How a qualified line reads, with a place for the plain one."""

    zh: str
    en: str


#: Numbers of the modifiers in the AHA/ACC/HRS list, where they mean the same.
AHA: dict[Modifier, int | None] = {
    **dict.fromkeys(Modifier),
    Modifier.PROBABLE: 315,
    Modifier.OLD: 332,
}

WORDINGS = {
    Modifier.PROBABLE: Wording("{}可能", "{}, probable"),
    Modifier.NOT_EXCLUDED: Wording("不能除外{}", "{}, cannot be excluded"),
    Modifier.OLD: Wording("陈旧性{}", "{}, old"),
    Modifier.NEW: Wording("{}（新出现）", "{}, new"),
    Modifier.UNCHANGED: Wording("{}（较前无变化）", "{}, unchanged"),
}


def modified(plain: Statement, modifier: Modifier) -> Statement:
    """A line of the catalogue, qualified."""
    wording = WORDINGS[modifier]
    return replace(
        plain,
        zh=wording.zh.format(plain.zh),
        en=wording.en.format(plain.en),
        modifier=modifier,
    )
