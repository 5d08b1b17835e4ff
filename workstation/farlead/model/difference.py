"""What one draft says otherwise than another: shown at review and amendment, kept for quality."""

from collections.abc import Mapping
from dataclasses import dataclass

from farlead.model.report import Draft, Statement


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `before` or `after` is empty where the line is only in the other.

    Parameters
    ----------
    place : str
        ``statement:CODE``, ``findings``, ``conclusion``, ``decision:CODE`` or ``mark:NAME``.
    """

    place: str
    before: str
    after: str


def differences(before: Draft, after: Draft) -> tuple[Difference, ...]:
    """All differences, in the order of the report; none for what reads the same."""
    return (
        *_statements(before, after),
        *_texts(before, after),
        *_values("decision", before.decisions, after.decisions),
        *_values("mark", before.moved, after.moved),
    )


def _statements(before: Draft, after: Draft) -> tuple[Difference, ...]:
    old, new = _lines(before), _lines(after)
    gone = [Difference(place, text, "") for place, text in old.items() if place not in new]
    changed = [
        Difference(place, old.get(place, ""), text)
        for place, text in new.items()
        if old.get(place) != text
    ]
    moved = [place for place in old if place in new] != [place for place in new if place in old]
    order = [Difference("order", _order(before), _order(after))] if moved else []
    return (*gone, *changed, *order)


def _lines(draft: Draft) -> dict[str, str]:
    return {f"statement:{_key(line)}": line.zh for line in draft.statements}


def _key(line: Statement) -> str:
    return line.code or line.zh


def _order(draft: Draft) -> str:
    return " · ".join(line.zh for line in draft.statements)


def _texts(before: Draft, after: Draft) -> tuple[Difference, ...]:
    pairs = {
        "findings": (before.findings, after.findings),
        "conclusion": (before.conclusion, after.conclusion),
    }
    return tuple(Difference(place, old, new) for place, (old, new) in pairs.items() if old != new)


def _values(
    kind: str, before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[Difference, ...]:
    return tuple(
        Difference(f"{kind}:{name}", str(before.get(name, "")), str(after.get(name, "")))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )
