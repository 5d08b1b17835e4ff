"""A report's content as the plain texts and figures that the Typst template sets.

The template has no words of its own and evaluates none: whatever a user typed arrives there as
a string.
"""

from collections.abc import Sequence
from dataclasses import asdict

from farlead.messages import Language
from farlead.model.critical import CriticalCase
from farlead.model.people import Patient, Sex
from farlead.model.report import Display
from farlead.model.study import Kind
from farlead.reporting import figures, plotting, tracing
from farlead.reporting.content import ReportContent
from farlead.reporting.document import Json
from farlead.reporting.figures import Field
from farlead.reporting.keyframe import key_pictures
from farlead.reporting.wording import Words

_STANDARD = Display()
#: Diagnostic bandwidth in Hz; a device that cut more is named on the page.
_HIGH_PASS, _LOW_PASS = 0.05, 150.0
_STANDARD_GAIN = 10.0
#: Of one lead's median beat on its page, in mm: three rows of four fit.
MEDIAN_CELL = (67.5, 52.0)


def page_data(content: ReportContent, words: Words, *, signed: bool) -> dict[str, Json]:
    """Everything that the template prints.

    Parameters
    ----------
    signed : bool
        False for a preview, which says so on every page.
    """
    ecg = content.recording is not None
    question = words.optional(content.request.clinical_question, 200)
    return {
        "kind": "letter" if content.letter else "ecg" if ecg else "imaging",
        "both": words.both,
        "language": "zh" if words.language is Language.ZH else "en",
        "title": words.label("title.letter" if content.letter else f"title.{content.kind}"),
        "salutation": _salutation(content, words) if content.letter else None,
        "document_title": words.user(f"{words.text(f'title.{content.kind}')} {content.name}"),
        "author": words.user(content.author.name),
        "hospital": words.optional(content.hospital, 40),
        "number": words.text("number", number=content.number),
        "version": words.text("version", version=content.version),
        "name": words.optional(content.patient.name, 40),
        "person": _fields(_person(content, words)),
        "request": _fields(_request(content, words)),
        "question": _fields([Field(words.label("label.question"), question)]),
        "warnings": list(_warnings(content, words)),
        "marks": _marks(content, words),
        "texts": _texts(content, words),
        "figures": _fields(figures.fields(content.screening, words)),
        "figure_notes": list(figures.notes(content.screening, words)) if ecg else [],
        "statements": [_statement(s.zh, s.en, words) for s in content.draft.statements],
        "medians": _medians(content, words),
        "findings": words.user(content.draft.findings.strip()),
        "conclusion": words.user(content.draft.conclusion.strip()),
        "sheets": [] if content.letter else _sheets(content, words),
        "pictures": [asdict(picture) for picture in key_pictures(content, words)],
        "signature": _signature(content, words),
        "review": _review(content, words),
        "logo": content.look.logo,
        "seal": content.look.seal,
        "unsigned": None if signed else words.text("unsigned"),
    }


def _fields(fields: Sequence[Field]) -> list[Json]:
    return [_shown(field) for field in fields]


def _shown(field: Field) -> Json:
    return {"label": field.label, "value": field.value, "unit": field.unit, "words": field.words}


def _person(content: ReportContent, words: Words) -> list[Field]:
    """Who, and who asks; the name stands apart."""
    request, patient = content.request, content.patient
    entries = (
        ("sex", _sex(patient, words)),
        ("age", _age(content, words)),
        ("local_number", words.optional(patient.local_number)),
        ("unit", words.optional(content.unit.name)),
        ("department", words.optional(request.department)),
        ("doctor", words.optional(request.requesting_doctor)),
    )
    return [Field(words.label(f"label.{name}"), value) for name, value in entries]


def _request(content: ReportContent, words: Words) -> list[Field]:
    request = content.request
    entries = (
        ("acquired", words.time(content.acquired)),
        ("arrived", words.time(content.arrived)),
        ("onset", words.time(request.symptom_onset)),
        ("priority", words.text(f"priority.{request.priority.name.lower()}")),
        ("accession", words.optional(request.accession)),
    )
    # Symptom time is asked for with chest pain only: shown where it was given.
    return [Field(words.label(f"label.{n}"), v) for n, v in entries if v or n != "onset"]


def _sex(patient: Patient, words: Words) -> str | None:
    return None if patient.sex is Sex.UNKNOWN else words.text(f"sex.{patient.sex.lower()}")


def _age(content: ReportContent, words: Words) -> str | None:
    years = content.patient.age_at((content.acquired or content.arrived).date())
    return age_text(years, words)


def age_text(years: float | None, words: Words) -> str | None:
    """An age in years, months or days; None for one that is not known."""
    if years is None:
        return None
    if years >= 2:
        return words.text("age.years", age=int(years))
    days = round(years * 365.25)
    months = int(years * 12 + 0.01)
    return words.text("age.months", age=months) if months else words.text("age.days", age=days)


def _statement(zh: str, en: str, words: Words) -> dict[str, Json]:
    """The line, and below it the other language where both are wanted and both are there."""
    first, second = (zh.strip(), en.strip())
    if words.language is Language.EN:
        first, second = second, first
    below = words.user(second) if words.both and first and second else None
    return {"text": words.user(first or second), "below": below}


def _salutation(content: ReportContent, words: Words) -> str:
    """Whom a letter is for: unit, department and doctor, as far as they are known."""
    request = content.request
    parts = (content.unit.name, request.department, request.requesting_doctor)
    known = [part for part in (words.optional(part) for part in parts) if part]
    return words.text("letter.to", whom=" ".join(known))


def _medians(content: ReportContent, words: Words) -> dict[str, Json] | None:
    """Median beats of the leads, where the hospital prints them and there are any."""
    detail = content.screening.detail if content.screening else None
    if not content.look.medians or content.letter or detail is None:
        return None
    beats = list(plotting.median_beats(detail, MEDIAN_CELL))
    if not beats:
        return None
    wide, tall = MEDIAN_CELL
    shown: list[Json] = [{"lead": words.user(b.lead), "svg": b.svg} for b in beats]
    title = words.label("plot.medians")
    return {"title": title, "beats": shown, "width": wide, "height": tall}


def _gain(display: Display) -> str:
    """Limb and chest leads apart where they were shown so."""
    chest = display.chest_gain
    return f"{display.gain:g}" if chest is None else f"{display.gain:g} / {chest:g} (V)"


def _warnings(content: ReportContent, words: Words) -> list[Json]:
    """What must be seen before the tracing is believed; printed large."""
    said: list[Json] = []
    display, recording = content.draft.display, content.recording
    said.extend(_case(case, words) for case in content.cases)
    if content.amends:
        said.append(words.text("amends") + (words.optional(content.amends, 90) or ""))
    if recording is None:
        return [*said, words.text("viewing_only")]
    shown = (display.speed, display.gain, display.chest_gain)
    if shown != (_STANDARD.speed, _STANDARD.gain, _STANDARD.chest_gain):
        said.append(words.text("display.scale", speed=f"{display.speed:g}", gain=_gain(display)))
    if display.filters:
        filters = display.filters.replace("mains", words.text("display.mains"))
        said.append(words.text("display.filters", filters=words.user(filters)))
    device = recording.device
    high, low = device.high_pass, device.low_pass
    if (high or 0) > _HIGH_PASS or (low or _LOW_PASS) < _LOW_PASS:
        said.append(words.text("device.filters", band=_band(high, low)))
    if device.gain is not None and device.gain != _STANDARD_GAIN:
        said.append(words.text("device.gain", gain=f"{device.gain:g}"))
    return said


def _case(case: CriticalCase, words: Words) -> str:
    """A critical value in one line: since when, and how it ended."""
    receipt = case.receipt
    return words.text(
        f"critical.{case.state}",
        since=words.time(case.since) or "",
        closed=words.time(case.closed) or "",
        by=words.user(case.closed_by),
        unit=words.user(case.unit.name),
        receiver=words.user(receipt.made.person) if receipt else "",
        at=(words.time(receipt.at) or "") if receipt else "",
        reason=words.optional(case.reason, 60) or "",
        taker=words.optional(case.taken_over_by, 40) or "",
        calls=len(case.calls),
    )


def _band(high: float | None, low: float | None) -> str:
    return "–".join("?" if edge is None else f"{edge:g}" for edge in (high, low))


def _marks(content: ReportContent, words: Words) -> list[Json]:
    names = ["evaluation"] + (["demo"] if content.demo else [])
    drafted = [words.text("mark.drafted", author=content.drafted_by)] if content.drafted_by else []
    return [*(words.text(f"mark.{name}") for name in names), *drafted]


_HEADINGS = ("figures", "statements", "findings", "conclusion")


def _texts(content: ReportContent, words: Words) -> dict[str, Json]:
    names = (
        "missing",
        "figures",
        "statements",
        "findings",
        "conclusion",
        "no_statements",
        "see_next",
        "page",
        "full_text",
    )
    texts: dict[str, Json] = {
        name: (words.label if name in _HEADINGS else words.text)(f"page.{name}") for name in names
    }
    texts["name"] = words.label("label.name")
    if content.kind is not Kind.ECG:
        texts["statements"] = words.label("page.diagnosis")
    return texts


def _signature(content: ReportContent, words: Words) -> dict[str, Json]:
    return {
        "label": words.label("label.author"),
        "name": words.optional(content.author.name, 30),
        "time_label": words.label("label.composed"),
        "time": words.time(content.composed),
    }


def _review(content: ReportContent, words: Words) -> Json:
    """The reviewing physician's place, where a second signature is awaited."""
    if not content.awaits_review:
        return None
    return {"label": words.label("label.reviewer"), "mark": words.text("preliminary")}


def _sheets(content: ReportContent, words: Words) -> list[Json]:
    if content.recording is None:
        return []
    peaks = content.screening.r_peaks if content.screening else ()
    made = tracing.sheets(content.recording, peaks)
    return [_sheet(sheet, content, words) for sheet in made]


def _sheet(sheet: tracing.Sheet, content: ReportContent, words: Words) -> dict[str, Json]:
    return {
        "grid": sheet.grid,
        "svg": sheet.svg,
        "width": tracing.WIDTH,
        "height": sheet.height,
        "labels": [
            {
                "x": label.x,
                "y": label.y,
                "text": words.user(label.text),
                "note": words.text("not_recorded") if label.missing else None,
            }
            for label in sheet.labels
        ],
        "beats": [
            {"x": x, "rr": None if rr is None else str(rr), "wide": bool(rr and rr >= 320)}
            for x, rr in sheet.beats
        ],
        "rr": words.text("rr"),
        "caption": _caption(sheet, content, words),
    }


def _caption(sheet: tracing.Sheet, content: ReportContent, words: Words) -> list[Json]:
    recording = content.recording
    assert recording is not None  # noqa: S101  # only recordings have sheets
    said: list[Json] = [words.text("scale")]
    device = recording.device
    if device.high_pass is not None or device.low_pass is not None:
        said.append(words.text("device.band", band=_band(device.high_pass, device.low_pass)))
    if sheet.standard:
        said.append(words.text("columns"))
    if recording.duration > tracing.SECONDS:
        said.append(words.text("first_seconds", total=f"{recording.duration:.0f}"))
    elif recording.duration < tracing.SECONDS - 0.05:
        said.append(words.text("short", total=f"{recording.duration:.1f}"))
    if sheet.clipped:
        said.append(words.text("clipped", leads=words.user(" ".join(sheet.clipped))))
    return said
