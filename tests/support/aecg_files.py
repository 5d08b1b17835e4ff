"""HL7 annotated ECGs of a known signal, in every way that the implementation guide allows.

Written by the guide, not by the reader: pieces of markup that tests put together.

>>> data = aecg_bytes(recording())                             # a plain 12-lead document
>>> data = document(series(sequence_set(relative(500), lead("II", millivolts))))
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ecg_files import recording
from farlead.model.recording import Recording

_MDC = 'codeSystem="2.16.840.1.113883.6.24" codeSystemName="MDC"'
_ACT = 'codeSystem="2.16.840.1.113883.5.4" codeSystemName="ActCode"'
#: Microvolts in one unit.
MICROVOLTS = {"nV": 1e-3, "uV": 1.0, "mV": 1e3, "V": 1e6}
_GENDERS = {"M": "M", "F": "F", "O": "UN", "U": ""}


def stamp(time: datetime) -> str:
    """A point in time as HL7 writes it."""
    zone = f"{time:%z}" if time.tzinfo else ""
    return f"{time:%Y%m%d%H%M%S}.{time.microsecond // 1000:03d}{zone}"


def absolute(head: datetime | str, fs: float, unit: str = "s") -> str:
    """TIME_ABSOLUTE, generated."""
    written = head if isinstance(head, str) else stamp(head)
    return _sequence(
        f'<code code="TIME_ABSOLUTE" {_ACT}/>',
        f'<value xsi:type="GLIST_TS"><head value="{written}"/>{_increment(fs, unit)}</value>',
    )


def relative(fs: float, unit: str = "s", head: float = 0.0) -> str:
    """TIME_RELATIVE, generated; `head` in seconds."""
    factor = {"s": 1, "ms": 1e3, "us": 1e6}[unit]
    return _sequence(
        f'<code code="TIME_RELATIVE" {_ACT}/>',
        f'<value xsi:type="GLIST_PQ"><head value="{head * factor:g}" unit="{unit}"/>'
        f"{_increment(fs, unit)}</value>",
    )


def times_listed(n: int, fs: float) -> str:
    """TIME_RELATIVE as a list of times in microseconds."""
    step = round(1e6 / fs)
    return _sequence(
        f'<code code="TIME_RELATIVE" {_ACT}/>',
        f'<value xsi:type="SLIST_PQ"><origin value="0" unit="us"/><scale value="{step}" unit="us"/>'
        f"<digits>{' '.join(map(str, range(n)))}</digits></value>",
    )


def _increment(fs: float, unit: str) -> str:
    value = {"s": 1.0, "ms": 1e3, "us": 1e6}[unit] / fs
    return f'<increment value="{value:.10g}" unit="{unit}"/>'


def _sequence(code: str, value: str) -> str:
    return f"<component><sequence>{code}{value}</sequence></component>"


def lead(
    name: str,
    millivolts: NDArray[np.floating],
    *,
    scale: float = 1.0,
    unit: str = "uV",
    origin: float = 0.0,
    origin_unit: str = "uV",
    written: Callable[[int], str] = str,
    code: str | None = None,
    kind: str = "SLIST_PQ",
    between: str = " ",
) -> str:
    """One lead; NaN is written as such. `origin + scale × digit` is the signal."""
    zero = origin * MICROVOLTS[origin_unit]
    digits = (np.asarray(millivolts, np.float64) * 1000 - zero) / (scale * MICROVOLTS[unit])
    words = [written(round(digit)) if np.isfinite(digit) else "NaN" for digit in digits]
    lines = [between.join(words[i : i + 16]) for i in range(0, len(words), 16)]
    code = f"MDC_ECG_LEAD_{name.upper()}" if code is None else code
    return _sequence(
        f'<code code="{code}" {_MDC}/>',
        f'<value xsi:type="{kind}"><origin value="{origin:.12g}" unit="{origin_unit}"/>'
        f'<scale value="{scale:.12g}" unit="{unit}"/>'
        f"<digits>{(between.strip() + chr(10)).join(lines)}</digits></value>",
    )


def sequence_set(*sequences: str) -> str:
    """Sequences with one time axis."""
    return f"<component><sequenceSet>{''.join(sequences)}</sequenceSet></component>"


def series(*parts: str, code: str = "RHYTHM", start: datetime | None = None) -> str:
    """A series of sets, filters, annotations or derivations."""
    time = f'<effectiveTime><low value="{stamp(start)}"/></effectiveTime>' if start else ""
    author = (
        "<author><seriesAuthor><manufacturedSeriesDevice>"
        '<id root="1.2.3" extension="SN-77"/>'
        "<manufacturerModelName>Model 9</manufacturerModelName></manufacturedSeriesDevice>"
        "<manufacturerOrganization><name>厂商 A</name></manufacturerOrganization>"
        "</seriesAuthor></author>"
    )
    inner = f'<code code="{code}" {_ACT}/>{time}{author}{"".join(parts)}'
    return f"<component><series>{inner}</series></component>"


def derived(*parts: str, code: str = "REPRESENTATIVE_BEAT") -> str:
    """A derived series, to stand in a series."""
    inner = f'<code code="{code}" {_ACT}/>{"".join(parts)}'
    return f"<derivation><derivedSeries>{inner}</derivedSeries></derivation>"


def filters(low: float | None = 150, high: float | None = 0.05, notch: float | None = 50) -> str:
    """Filters of the device as control variables."""
    kinds = (
        ("LOW_PASS", "CUTOFF_FREQ", low),
        ("HIGH_PASS", "CUTOFF_FREQ", high),
        ("NOTCH", "NOTCH_FREQ", notch),
    )
    prefix = "MDC_ECG_CTL_VBL_ATTR_FILTER_"
    return "".join(
        f'<controlVariable><controlVariable><code code="{prefix}{kind}" {_MDC}/>'
        f'<component><controlVariable><code code="{prefix}{setting}" {_MDC}/>'
        f'<value xsi:type="PQ" value="{value:g}" unit="Hz"/></controlVariable></component>'
        "</controlVariable></controlVariable>"
        for kind, setting, value in kinds
        if value is not None
    )


def annotation(code: str, value: str = "", *inner: str, region: str = "") -> str:
    """One annotation; `value` and `region` are markup."""
    support = f'<support><supportingROI classCode="ROIBND">{region}</supportingROI></support>'
    within = "".join(inner)
    return (
        f'<component><annotation><code code="{code}" {_MDC}/>{value}'
        f"{support if region else ''}{within}</annotation></component>"
    )


def quantity(value: float, unit: str = "ms") -> str:
    """Value of a measurement."""
    return f'<value xsi:type="PQ" value="{value:g}" unit="{unit}"/>'


def coded(code: str, name: str = "") -> str:
    """Value that is a code."""
    shown = f' displayName="{name}"' if name else ""
    return f'<value xsi:type="CE" code="{code}" {_MDC}{shown}/>'


def said(text: str) -> str:
    """Value that is a text."""
    return f'<value xsi:type="ST">{text}</value>'


def between(low: datetime | float, high: datetime | float | None = None) -> str:
    """Boundary in time; datetime: absolute, float: seconds on the relative axis."""
    kind = "ABSOLUTE" if isinstance(low, datetime) else "RELATIVE"
    bounds = "".join(
        f'<{name} value="{stamp(time)}"/>'
        if isinstance(time, datetime)
        else f'<{name} value="{time * 1000:g}" unit="ms"/>'
        for name, time in (("low", low), ("high", high))
        if time is not None
    )
    return (
        f'<component><boundary><code code="TIME_{kind}" {_ACT}/>'
        f"<value>{bounds}</value></boundary></component>"
    )


def in_lead(name: str) -> str:
    """Boundary to one lead."""
    code = f'<code code="MDC_ECG_LEAD_{name.upper()}" {_MDC}/>'
    return f"<component><boundary>{code}</boundary></component>"


def annotation_set(*annotations: str, person: bool = False) -> str:
    """Annotations by the device or by a person."""
    who = "<assignedPerson><name>R</name></assignedPerson>" if person else "<assignedDevice/>"
    author = (
        f"<author><assignedEntity><assignedAuthorType>{who}</assignedAuthorType>"
        "</assignedEntity></author>"
    )
    inner = author + "".join(annotations)
    return f"<subjectOf><annotationSet>{inner}</annotationSet></subjectOf>"


def subject(
    name: str = "<name>演示 甲</name>",
    number: str = "T0001",
    gender: str = "F",
    born: str = "19600517",
) -> str:
    """The person, as a trial's subject."""
    return (
        "<componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject>"
        f'<id root="1.2.3" extension="{number}"/><subjectDemographicPerson>{name}'
        f'<administrativeGenderCode code="{gender}" codeSystem="2.16.840.1.113883.5.1"/>'
        f'<birthTime value="{born}"/></subjectDemographicPerson></trialSubject></subject>'
        "</subjectAssignment></componentOf></timepointEvent></componentOf>"
    )


def reported_age(value: str = "46", unit: str = "a") -> str:
    """Age as a related observation."""
    return (
        '<controlVariable><relatedObservation><code code="21612-7" '
        f'codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="PQ" value="{value}" unit="{unit}"/>'
        "</relatedObservation></controlVariable>"
    )


def document(
    *parts: str,
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>',
    encoding: str = "utf-8",
    head: str = "",
    prefix: str = "",
    effective: str = "",
) -> bytes:
    """A document of parts; `effective` is the inside of its effective time."""
    space = f' xmlns{":" + prefix.rstrip(":") if prefix else ""}="urn:hl7-org:v3"'
    root = f'{prefix}AnnotatedECG{space} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    time = f"<effectiveTime>{effective}</effectiveTime>" if effective else ""
    text = (
        f'{declaration}{head}\n<{root} type="Observation">'
        '<id root="61d1a24f-b47e-41aa-ae95-f8ac302f4eeb"/>'
        f"{time}{''.join(parts)}</{prefix}AnnotatedECG>\n"
    )
    return text.encode(encoding)


def leads_of(
    names: Sequence[str], rows: NDArray[np.floating], **options: object
) -> tuple[str, ...]:
    """One sequence a lead; `options` as for :func:`lead`."""
    return tuple(
        lead(name, row, **options)  # type: ignore[arg-type]
        for name, row in zip(names, rows, strict=True)
    )


def aecg_bytes(
    content: Recording | None = None,
    *,
    time: str | None = None,
    lead_options: Mapping[str, object] | None = None,
    document_options: Mapping[str, object] | None = None,
    extra: str = "",
    patient: str | None = None,
) -> bytes:
    """A document of one rhythm series of `content` (default: :func:`ecg_files.recording`).

    `time` (markup) replaces an absolute time axis, `extra` is added to the series.
    """
    content = content or recording()
    if time is None:
        time = absolute(content.start, content.fs) if content.start else relative(content.fs)
    sequences = leads_of(content.leads, content.samples, **(lead_options or {}))
    if patient is None:
        stated = content.patient
        born = f"{stated.birth_date:%Y%m%d}" if stated.birth_date else ""
        patient = subject(
            name=f"<name>{stated.name}</name>" if stated.name else "",
            number=stated.local_number or "",
            gender=_GENDERS[stated.sex],
            born=born,
        )
    rhythm = series(filters(), sequence_set(time, *sequences), extra)
    return document(patient, rhythm, **(document_options or {}))  # type: ignore[arg-type]
