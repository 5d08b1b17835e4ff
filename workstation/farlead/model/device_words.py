"""What a device calls its measurements, in the reader's language.

Readers keep a device's names in plain English, its statements in its own words. Names that are
known are shown in the reader's language; a statement, and a name that is not known, stays as it
is, letter by letter.

>>> device_words("V1: R amplitude", Language.ZH)
'V1：R 振幅'
"""

import re
from collections.abc import Mapping
from functools import cache

from farlead.messages import Language, catalogue, message

_NAMES, _HEADS = "device_words.name.", "device_words.head."
#: ``QRS axis``, ``P wave onset``: a wave and what of it; kinds of two words before those of one.
_KINDS = re.compile(
    r"(?P<what>[A-Z][A-Za-z0-9]{0,3}['+-]?) (?P<kind>wave onset|wave end|complex onset|complex end|"
    r"duration|interval|segment|amplitude|slope|axis|onset|offset|end)",
    re.IGNORECASE,
)
_HORIZONTAL, _IN_MEDIAN = ", horizontal", " in the median beat"
_BESIDE = re.compile(r"(?P<what>.+) \((?P<more>[^()]{1,30})\)")
_LEAD = r"-?[A-Za-z]{1,3}\d{0,2}R?"
_LEADS = re.compile(rf"(?P<said>lead )?(?P<which>{_LEAD}(?:, {_LEAD})*)", re.IGNORECASE)
_LONGEST = 120


def device_words(text: str, language: Language) -> str:
    """A device's name of a measurement, or its statement, for people to read.

    Parameters
    ----------
    text : str
        Of an :class:`~farlead.model.recording.Annotation`.
    language : Language
    """
    if language is Language.EN or len(text) > _LONGEST:
        return text
    return _phrase(text, language) or text


def _phrase(text: str, language: Language) -> str | None:
    """A name, with what stands before and behind it; None for one that is not known."""
    known = _known(_NAMES).get(text.casefold())
    if known:
        return message(known).text(language)
    head, colon, rest = text.partition(": ")
    if colon:
        return _after_head(head, rest, language)
    for ending, kind in ((_HORIZONTAL, "horizontal"), (_IN_MEDIAN, "in_median")):
        if text.endswith(ending) and (inner := _phrase(text.removesuffix(ending), language)):
            return message(f"device_words.kind.{kind}", what=inner).text(language)
    if (match := _BESIDE.fullmatch(text)) and (inner := _phrase(match["what"], language)):
        more = _phrase(match["more"], language) or match["more"]
        return message("device_words.kind.beside", what=inner, more=more).text(language)
    if match := _KINDS.fullmatch(text):
        kind = match["kind"].casefold().replace(" ", "_")
        return message(f"device_words.kind.{kind}", what=match["what"]).text(language)
    return None


def _after_head(head: str, rest: str, language: Language) -> str | None:
    """Of whom or what something is said, and that; None for a colon within a statement."""
    known, more = _known(_HEADS).get(head.casefold()), _phrase(rest, language)
    leads = _LEADS.fullmatch(head)
    if known:
        first = message(known).text(language)
    elif leads is None or more is None:
        return None
    elif leads["said"]:
        first = message("device_words.kind.lead", what=leads["which"]).text(language)
    else:
        first = head
    return message("device_words.kind.after", what=first, more=more or rest).text(language)


@cache
def _known(group: str) -> Mapping[str, str]:
    """Ids of a group by their English words."""
    texts = catalogue().items()
    return {e[Language.EN].casefold(): name for name, e in texts if name.startswith(group)}
