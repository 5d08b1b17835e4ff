"""The form of a critical value: what was found, who was told when, how it ended."""

from datetime import datetime

from farlead.model.critical import Call, CriticalCase
from farlead.model.escalation import Escalation
from farlead.model.people import Sex
from farlead.reporting.document import Json
from farlead.reporting.page import age_text
from farlead.reporting.wording import Words


def case_form_data(
    case: CriticalCase, words: Words, *, hospital: str, printed: datetime, demo: bool
) -> dict[str, Json]:
    """Everything that the template prints.

    Parameters
    ----------
    case : CriticalCase
    words : Words
    hospital : str
    printed : datetime
        When the form is made: how the case stood then.
    demo : bool
        Invented patients: said on the page.
    """
    title = words.label("case.title")
    return {
        "kind": "case",
        "language": str(words.language),
        "title": title,
        "document_title": f"{title} {case.number}",
        "author": words.user(case.closed_by or case.opened_by or hospital),
        "hospital": words.optional(hospital),
        "number": words.text("number", number=case.number),
        "version": words.text(
            "case.printed", time=f"{printed.astimezone(words.zone):%Y-%m-%d %H:%M}"
        ),
        "name": words.optional(case.patient.name),
        "person": [_field(words, f"label.{n}", v) for n, v in _person(case, words)],
        "findings": [words.message(finding.text) for finding in case.findings],
        "state": words.text(f"case.state_{case.state}"),
        "running": case.running,
        "times": [_field(words, f"case.{n}", v) for n, v in _times(case, words)],
        "calls": [_call(call, words) for call in case.calls],
        "marks_reached": [_mark(each, words) for each in case.escalations],
        "texts": _texts(words),
        "headings": [words.label(f"case.{n}") for n in _HEADINGS],
        "mark_headings": [words.label(f"case.{n}") for n in ("due", "told_at", "tells")],
        "end": _end(case, words),
        "marks": [words.text(f"mark.{n}") for n in ("evaluation", *(["demo"] if demo else []))],
        "unsigned": None,
        "logo": None,
    }


_TEXTS = ("findings", "times", "calls", "marks", "end", "no_calls", "no_marks")
_HEADINGS = ("at", "way", "number", "person", "outcome", "advice", "reader")


def _texts(words: Words) -> dict[str, Json]:
    own: dict[str, Json] = {name: words.label(f"case.{name}") for name in _TEXTS}
    return own | {name: words.text(f"page.{name}") for name in ("missing", "page")}


def _field(words: Words, label: str, value: str | None) -> Json:
    return {"label": words.label(label), "value": value, "unit": "", "words": False}


def _person(case: CriticalCase, words: Words) -> tuple[tuple[str, str | None], ...]:
    patient, request = case.patient, case.request
    years = patient.age_at((case.acquired or case.arrived).date())
    sex = None if patient.sex is Sex.UNKNOWN else words.text(f"sex.{patient.sex.lower()}")
    return (
        ("sex", sex),
        ("age", age_text(years, words)),
        ("local_number", words.optional(patient.local_number)),
        ("unit", words.optional(case.unit.name)),
        ("department", words.optional(request.department)),
        ("doctor", words.optional(request.requesting_doctor)),
    )


def _times(case: CriticalCase, words: Words) -> tuple[tuple[str, str | None], ...]:
    return (
        ("acquired_at", words.time(case.acquired)),
        ("arrived_at", words.time(case.arrived)),
        ("since", words.time(case.since)),
        ("seen", _by(case.seen, case.seen_by, words)),
        ("opened", _by(case.opened, case.opened_by, words)),
        ("received", words.time(case.received)),
    )


def _by(moment: datetime | None, who: str, words: Words) -> str | None:
    shown = words.time(moment)
    return None if shown is None else f"{shown}  {words.user(who)}"


def _call(call: Call, words: Words) -> list[Json]:
    made = call.made
    outcome = (
        "not_reached" if not made.reached else "repeated" if made.read_back else "not_repeated"
    )
    return [
        words.time(call.at),
        words.text(f"case.way_{made.way}"),
        words.optional(made.number) or "–",
        words.optional(made.person) or "–",
        words.text(f"case.{outcome}"),
        words.user(made.advice) or "–",
        words.user(call.reader),
    ]


def _mark(reached: Escalation, words: Words) -> list[Json]:
    mark = reached.mark
    who = words.text(f"case.tells_{mark.tells}")
    named = " ".join(part for part in (who, mark.name, mark.phone) if part)
    return [words.time(reached.due), words.time(reached.at), words.user(named)]


def _end(case: CriticalCase, words: Words) -> Json:
    if case.closed is None:
        return words.text("case.not_ended")
    said = words.text(
        "case.ended",
        how=words.text(f"case.state_{case.state}"),
        time=words.time(case.closed) or "",
        reader=words.user(case.closed_by),
    )
    more = case.reason or case.taken_over_by
    return f"{said}\n{words.user(more)}" if more else said
