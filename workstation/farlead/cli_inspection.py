"""What ``farleadctl inspect`` says of a file: as JSON values, and as lines for people."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np

from farlead.messages import Language, Message, message
from farlead.model.device_words import device_words
from farlead.model.people import Sex
from farlead.model.recording import Annotation, Device, ImageStudy, Recording
from farlead.model.study import doubtful_clock

Content = Recording | ImageStudy


def document(file: Path, kind: str, content: Content, now: datetime, spoken: Language) -> dict:  # type: ignore[type-arg]  # JSON
    """Everything but samples and pixels, with texts in `spoken`."""
    identity, patient, device = content.identity, content.patient, content.device
    return {
        "file": file,
        "format": kind,
        "patient": {
            "name": patient.name,
            "local_number": patient.local_number,
            "sex": patient.sex.value,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
            "age_years": patient.age_years,
        },
        "start": content.start,
        "device": {name: getattr(device, name) for name in device.__dataclass_fields__},
        "identity": {name: getattr(identity, name) for name in identity.__dataclass_fields__},
        "request": {n: getattr(content.hints, n) for n in content.hints.__dataclass_fields__},
        **(_signal(content) if isinstance(content, Recording) else _pictures(content)),
        "doubts": [doubt.text(spoken) for doubt in doubts(content, now)],
    }


def doubts(content: Content, now: datetime) -> tuple[Message, ...]:
    """Notes of the reader, and a clock that cannot be right."""
    wrong = doubtful_clock(content.start, now)
    return (*content.notes, *([wrong] if wrong else []))


def _signal(content: Recording) -> dict[str, object]:
    return {
        "leads": list(content.leads),
        "samples": content.samples.shape[1],
        "fs": content.fs,
        "seconds": round(content.duration, 6),
        "medians": content.medians is not None,
        "measurements": [_annotation(each) for each in _measured(content)],
        "statements": [each.text for each in _stated(content)],
        "marks": [_annotation(each) for each in _marks(content)],
    }


def _annotation(each: Annotation) -> dict[str, object]:
    return {"text": each.text, "position": each.position, "value": each.value, "unit": each.unit}


def _pictures(content: ImageStudy) -> dict[str, object]:
    return {
        "modality": content.modality.value,
        "frames": content.frames.shape[0],
        "rows": content.frames.shape[1],
        "columns": content.frames.shape[2],
        "colour": content.colour,
        "body_part": content.body_part,
        "description": content.description,
    }


def _measured(content: Recording) -> Iterator[Annotation]:
    return (each for each in content.annotations if each.value is not None)


def _stated(content: Recording) -> Iterator[Annotation]:
    return (e for e in content.annotations if e.value is None and e.position is None)


def _marks(content: Recording) -> Iterator[Annotation]:
    return (e for e in content.annotations if e.value is None and e.position is not None)


def lines(
    file: Path, kind: str, content: Content, now: datetime, spoken: Language
) -> Iterator[tuple[str, str]]:
    """Label and text of each line, in `spoken`; a label is empty where the one before it holds."""

    def said(identifier: str) -> str:
        return message(f"files.label.{identifier}").text(spoken)

    yield said("file"), str(file)
    yield said("format"), message(f"formats.name.{kind}").text(spoken)
    yield said("patient"), _person(content, spoken)
    yield said("start"), _time(content.start, spoken)
    yield said("device"), _equipment(content.device) or message("files.not_stated").text(spoken)
    if content.hints.clinical_question:
        yield said("question"), content.hints.clinical_question
    if content.identity.study_uid:
        yield said("study"), content.identity.study_uid
    if isinstance(content, Recording):
        yield from _of_recording(content, spoken)
    else:
        yield said("images"), _of_images(content).text(spoken)
    yield from _under(said("doubts"), [doubt.text(spoken) for doubt in doubts(content, now)])


def _of_recording(content: Recording, spoken: Language) -> Iterator[tuple[str, str]]:
    def said(identifier: str) -> str:
        return message(f"files.label.{identifier}").text(spoken)

    yield said("filters"), _filters(content.device, spoken)
    if content.device.gain is not None:
        yield said("gain"), f"{content.device.gain:g} mm/mV"
    yield said("leads"), " ".join(content.leads)
    yield said("signal"), _extent(content).text(spoken)
    if content.medians is not None:
        told = message("files.medians", samples=content.medians.shape[1])
        yield said("medians"), told.text(spoken)
    measured = [
        f"{device_words(e.text, spoken)} {e.value:g} {e.unit or ''}".strip()
        for e in _measured(content)
    ]
    yield from _under(said("measured"), measured)
    stated = [device_words(each.text, spoken) for each in _stated(content)]
    yield from _under(said("stated"), stated)
    if marks := len(list(_marks(content))):
        yield said("marks"), message("files.marks", count=marks).text(spoken)


def _under(label: str, texts: list[str]) -> Iterator[tuple[str, str]]:
    for n, text in enumerate(texts):
        yield label if n == 0 else "", text


def _extent(content: Recording) -> Message:
    return message(
        "files.signal",
        leads=len(content.leads),
        samples=content.samples.shape[1],
        fs=f"{content.fs:g}",
        seconds=f"{content.duration:g}",
        low=f"{np.nanmin(content.samples):.3f}",
        high=f"{np.nanmax(content.samples):.3f}",
    )


def _of_images(content: ImageStudy) -> Message:
    return message(
        "files.images",
        kind=f"@cli.kind.{content.modality.name.lower()}",
        frames=content.frames.shape[0],
        rows=content.frames.shape[1],
        columns=content.frames.shape[2],
    )


def _person(content: Content, spoken: Language) -> str:
    patient = content.patient
    sex = "" if patient.sex is Sex.UNKNOWN else patient.sex.value
    born = patient.birth_date.isoformat() if patient.birth_date else ""
    age = "" if patient.age_years is None else f"{patient.age_years:g}"
    parts = [patient.name, patient.local_number, sex, born or age]
    return " · ".join(part for part in parts if part) or message("files.not_stated").text(spoken)


def _time(start: datetime | None, spoken: Language) -> str:
    if start is None:
        return message("files.not_stated").text(spoken)
    zone = "" if start.tzinfo else message("files.zone_unknown").text(spoken)
    return f"{start.isoformat(sep=' ', timespec='seconds')}{zone}"


def _equipment(device: Device) -> str:
    return " · ".join(each for each in (device.manufacturer, device.model, device.serial) if each)


def _filters(device: Device, spoken: Language) -> str:
    if device.high_pass is None and device.low_pass is None and device.notch is None:
        return message("files.not_stated").text(spoken)
    low, high = ("?" if f is None else f"{f:g}" for f in (device.high_pass, device.low_pass))
    notch = "–" if not device.notch else f"{device.notch:g} Hz"
    return message("files.filters", low=low, high=high, notch=notch).text(spoken)
