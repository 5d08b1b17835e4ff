"""Whether a structured report says everything that a report must say.

A file may be signed and unchanged and still not tell which bytes were read, by which rules, or
what the reader made of a critical suggestion. Then it proves less than it must.
"""

import re
from collections.abc import Iterator

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Suggestions of these severities must be decided before anybody signs.
_DECIDED = ("critical", "urgent")
_DECISIONS = ("accepted", "rejected")


def lacking(report: dict[str, object]) -> list[str]:
    """Names of what is missing or malformed in a structured report, dotted; empty when whole."""
    return [
        *_texts(report, "report", ("number", "composed")),
        *_texts(report, "author", ("name", "login")),
        *_texts(report, "versions", ("program", "statements")),
        *_objects(report),
        *_suggestions(report),
    ]


def _texts(report: dict[str, object], part: str, names: tuple[str, ...]) -> Iterator[str]:
    found = report.get(part)
    for name in names:
        if not (isinstance(found, dict) and isinstance(found.get(name), str) and found[name]):
            yield f"{part}.{name}"


def _objects(report: dict[str, object]) -> Iterator[str]:
    """The study's identifier, and of each source object its hash."""
    study = report.get("study")
    if not isinstance(study, dict) or "study_uid" not in study:
        yield "study.study_uid"
        return
    objects = study.get("objects")
    if not isinstance(objects, list) or not objects:
        yield "study.objects"
        return
    for place, item in enumerate(objects):
        stated = item.get("sha256") if isinstance(item, dict) else None
        if not isinstance(stated, str) or not _SHA256.fullmatch(stated):
            yield f"study.objects.{place}.sha256"


def _suggestions(report: dict[str, object]) -> Iterator[str]:
    """What screening suggested, by which rules, and the decision on what may not stay open."""
    screening = report.get("screening")
    if screening is None and "screening" in report:
        return
    if not isinstance(screening, dict) or not isinstance(screening.get("version"), str):
        yield "screening.version"
        return
    suggestions = screening.get("suggestions")
    if not isinstance(suggestions, list):
        yield "screening.suggestions"
        return
    for place, item in enumerate(suggestions):
        if not isinstance(item, dict) or not isinstance(item.get("code"), str):
            yield f"screening.suggestions.{place}.code"
        elif item.get("severity") in _DECIDED and item.get("decision") not in _DECISIONS:
            yield f"screening.suggestions.{place}.decision"
