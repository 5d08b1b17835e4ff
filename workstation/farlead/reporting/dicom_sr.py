"""The signed report as a DICOM structured report: ECG Report, TID 3700.

Measurements with units and codes, each pointing at the samples that it was made from; the
statements; what screening suggested with the reader's decision. Everything comes from the
structured report that was signed.

References
----------
DICOM PS3.3 A.35.3 (Comprehensive SR), C.17.3 (content), C.18.7 (temporal coordinates); PS3.16
TID 3700, 3708, 3713, 3714, 3717, 3719, CID 3001, 3228, 3229, 3678.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ComprehensiveSRStorage, ExplicitVRLittleEndian

from farlead.reporting.dicom_note import Referenced, by_study
from farlead.reporting.structured import (
    Figure,
    LeadColumn,
    Source,
    StructuredReport,
    Suggested,
    Traced,
)

Code = tuple[str, str, str]  # value, scheme, meaning

_GLOBAL: dict[str, Code] = {
    "heart_rate": ("8867-4", "LN", "Heart rate"),
    "rr_mean": ("2:16168", "MDC", "RR interval global"),
    "p_duration": ("2:16184", "MDC", "P duration global"),
    "pr": ("2:15872", "MDC", "PR interval global"),
    "qrs": ("2:16156", "MDC", "QRS duration global"),
    "qt": ("2:16160", "MDC", "QT interval global"),
    "qtc": ("2:15876", "MDC", "QTc interval global"),
    "axis_p": ("2:16128", "MDC", "P Axis"),
    "axis": ("2:16132", "MDC", "QRS axis"),
    "axis_t": ("2:16136", "MDC", "T axis"),
}
_FORMULAS: dict[str, Code] = {
    "bazett": ("122730", "DCM", "Bazett QTc Algorithm"),
    "hodges": ("122731", "DCM", "Hodges QTc Algorithm"),
    "fridericia": ("122732", "DCM", "Fridericia QTc Algorithm"),
    "framingham": ("122733", "DCM", "Framingham QTc Algorithm"),
}
_UNITS: dict[str, Code] = {
    "/min": ("/min", "UCUM", "/min"),
    "ms": ("ms", "UCUM", "ms"),
    "s": ("s", "UCUM", "s"),
    "mV": ("mV", "UCUM", "mV"),
    "mV/s": ("mV/s", "UCUM", "mV/s"),
    "°": ("deg", "UCUM", "deg"),
    "1": ("1", "UCUM", "no units"),
}
_LEADS = {
    "I": 1, "II": 2, "V1": 3, "V2": 4, "V3": 5, "V4": 6, "V5": 7, "V6": 8, "V7": 9,
    "V3R": 11, "V4R": 12, "V5R": 13, "V6R": 14, "V7R": 15, "III": 61, "aVR": 62, "aVL": 63,
    "aVF": 64, "V8": 66, "V9": 67,
}  # fmt: skip
_OWN = "99FARLEAD"
_WAVEFORMS = "1.2.840.10008.5.1.4.1.1.9."

_REPORT: Code = ("11524-0", "LN", "ECG Report")
_LANGUAGE: Code = ("121049", "DCM", "Language of Content Item and Descendants")
_LANGUAGES = {"zh": ("zh", "RFC5646", "Chinese"), "en": ("en", "RFC5646", "English")}
_OBSERVER: Code = ("121008", "DCM", "Person Observer Name")
_WAVEFORM: Code = ("121143", "DCM", "Waveform Acquired")
_SAMPLES: Code = ("121112", "DCM", "Source of Measurement")
_QUANTITATIVE: Code = ("122144", "DCM", "Quantitative Analysis")
_QUALITATIVE: Code = ("122145", "DCM", "Qualitative Analysis")
_GLOBALS: Code = ("122158", "DCM", "ECG Global Measurements")
_BY_LEAD: Code = ("122159", "DCM", "ECG Lead Measurements")
_LEAD: Code = ("122148", "DCM", "Lead ID")
_STATEMENT: Code = ("122152", "DCM", "Statement")
_FINDING: Code = ("121071", "DCM", "Finding")
_SUMMARY: Code = ("121111", "DCM", "Summary")
_CONCLUSION: Code = ("121077", "DCM", "Conclusion")
_EQUATION: Code = ("121420", "DCM", "Equation")
_SUGGESTION: Code = ("suggestion", _OWN, "Suggestion of the screening")
_DECISION: Code = ("decision", _OWN, "Decision of the reader")


@dataclass(frozen=True, slots=True)
class Identity:
    """What the object is called: made before the first try of a delivery.

    Parameters
    ----------
    instance, series, study : str
        UIDs; `study` where the report names none.
    sources : mapping of SOP Instance UID -> Series Instance UID
        Series of the objects that were read; one that is not in it is not referred to.
    preliminary : bool
        It waits for its second signature.
    predecessor : Referenced or None
        The report whose place this one takes.
    """

    instance: str
    series: str
    study: str
    sources: Mapping[str, str] = field(default_factory=dict)
    preliminary: bool = False
    predecessor: Referenced | None = None


def ecg_report(report: StructuredReport, identity: Identity) -> Dataset:
    """The object, ready to be written.

    Parameters
    ----------
    report : StructuredReport
        Of an ECG.
    identity : Identity
    """
    document = _header(report, identity)
    document.update(_container(_REPORT, _content(report, identity)))
    del document.RelationshipType
    document.ContentTemplateSequence = [_template("3700")]
    evidence = _evidence(report, identity)
    if evidence:
        document.CurrentRequestedProcedureEvidenceSequence = evidence
    document.file_meta = FileMetaDataset()
    document.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return document


def _header(report: StructuredReport, identity: Identity) -> Dataset:
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID = ComprehensiveSRStorage
    made.SOPInstanceUID = identity.instance
    made.StudyInstanceUID = report.study_uid or identity.study
    made.SeriesInstanceUID = identity.series
    made.Modality = "SR"
    made.SeriesNumber, made.InstanceNumber = 1, report.version
    made.Manufacturer = "Farlead"
    made.InstitutionName = _one_value(report.hospital)[:64]
    made.PatientName = _one_value(report.patient)
    made.PatientID = _one_value(report.local_number or "")
    made.PatientBirthDate = f"{report.birth:%Y%m%d}" if report.birth else ""
    made.PatientSex = report.sex if report.sex in ("M", "F", "O") else ""
    made.AccessionNumber = _one_value(report.accession or "")[:16]
    made.ReferringPhysicianName = ""
    made.StudyID = report.number[:16]
    acquired = report.acquired
    made.StudyDate = f"{acquired:%Y%m%d}" if acquired else ""
    made.StudyTime = f"{acquired:%H%M%S}" if acquired else ""
    composed = report.composed.astimezone(UTC)
    made.ContentDate, made.ContentTime = f"{composed:%Y%m%d}", f"{composed:%H%M%S}"
    made.TimezoneOffsetFromUTC = "+0000"
    made.CompletionFlag = "COMPLETE"
    made.PreliminaryFlag = "PRELIMINARY" if identity.preliminary else "FINAL"
    made.VerificationFlag = "UNVERIFIED" if identity.preliminary else "VERIFIED"
    made.ReferencedPerformedProcedureStepSequence = []
    made.PerformedProcedureCodeSequence = []
    if not identity.preliminary:
        made.VerifyingObserverSequence = [_observer(report, composed)]
    if identity.predecessor is not None:
        made.PredecessorDocumentsSequence = [
            by_study(str(made.StudyInstanceUID), [identity.predecessor])
        ]
    return made


def _observer(report: StructuredReport, composed: datetime) -> Dataset:
    item = Dataset()
    item.VerifyingOrganization = _one_value(report.hospital)[:64]
    item.VerificationDateTime = f"{composed:%Y%m%d%H%M%S}+0000"
    item.VerifyingObserverName = _one_value(report.author)
    item.VerifyingObserverIdentificationCodeSequence = []
    return item


def _content(report: StructuredReport, identity: Identity) -> Iterator[Dataset]:
    language = _LANGUAGES.get(report.language, _LANGUAGES["zh"])
    yield _coded(_LANGUAGE, language, "HAS CONCEPT MOD")
    yield _person(_OBSERVER, report.author, "HAS OBS CONTEXT")
    wave = _waveform(report, identity)
    if wave is not None:
        yield _referring(_WAVEFORM, wave, "CONTAINS")
    quantities = [*_globals(report, wave), *_lead_tables(report)]
    if quantities:
        yield _container(_QUANTITATIVE, quantities)
    suggested = [_suggestion(each, report, wave) for each in report.suggestions]
    if suggested:
        yield _container(_QUALITATIVE, suggested)
    said = list(_said(report))
    if said:
        yield _container(_SUMMARY, said)


def _said(report: StructuredReport) -> Iterator[Dataset]:
    for line in report.lines:
        text = line.text(report.language)
        if line.code:
            yield _coded(_STATEMENT, (line.code[:16], _OWN, text[:64]), "CONTAINS")
            if len(text) <= 64:
                continue
        yield _text(_STATEMENT, text)
    if report.findings.strip():
        yield _text(_FINDING, report.findings)
    if report.conclusion.strip():
        yield _text(_CONCLUSION, report.conclusion)


# -- measurements


def _globals(report: StructuredReport, wave: Source | None) -> Iterator[Dataset]:
    """TID 3713: what holds for the whole recording."""
    figures = [each for each in report.figures if each.value is not None and each.unit in _UNITS]
    items = [_figure(each, report.traced, wave) for each in figures]
    if items:
        yield _container(_GLOBALS, items)


def _figure(figure: Figure, traced: Traced | None, wave: Source | None) -> Dataset:
    name = _GLOBAL.get(figure.name, (figure.name[:16], _OWN, figure.name.replace("_", " ")))
    below: list[Dataset] = []
    formula = _FORMULAS.get(figure.formula or "")
    if formula is not None:
        below.append(_coded(_EQUATION, formula, "HAS CONCEPT MOD"))
    if traced is not None and wave is not None:
        below.append(_samples(wave, _measured(figure, traced)))
    return _number(name, figure.value or 0.0, figure.unit, below)


def _measured(figure: Figure, traced: Traced) -> tuple[str, tuple[int, ...]]:
    """Samples, from 1, that a figure was made from: the beats, or the whole recording."""
    if figure.unit in ("/min", "ms") and figure.name.startswith(("heart", "rr")) and traced.r_peaks:
        return "MULTIPOINT", tuple(peak + 1 for peak in traced.r_peaks)
    return "SEGMENT", (1, max(round(traced.seconds * traced.fs), 2))


def _lead_tables(report: StructuredReport) -> Iterator[Dataset]:
    """TID 3714: one container for each lead."""
    for place, lead in enumerate(report.leads):
        values = list(_of_lead(report.columns, place))
        if values:
            number = _LEADS.get(lead)
            code = (f"2:{number}", "MDC", f"Lead {lead}") if number else (lead[:16], _OWN, lead)
            yield _container(_BY_LEAD, [_coded(_LEAD, code, "HAS CONCEPT MOD"), *values])


def _of_lead(columns: Iterable[LeadColumn], place: int) -> Iterator[Dataset]:
    for column in columns:
        value = column.values[place] if place < len(column.values) else None
        if value is not None and column.unit in _UNITS:
            name = (column.name[:16], _OWN, column.name.replace("_", " ")[:64])
            yield _number(name, value, column.unit, ())


# -- suggestions


def _suggestion(said: Suggested, report: StructuredReport, wave: Source | None) -> Dataset:
    text = said.zh if report.language == "zh" else said.en
    item = _text(_SUGGESTION, f"{text} [{said.rule}]")
    below = [_text(_DECISION, said.decision or "undecided", "HAS CONCEPT MOD")]
    traced = report.traced
    if traced is not None and wave is not None:
        known = range(len(traced.r_peaks))
        beats = tuple(traced.r_peaks[beat] + 1 for beat in said.beats if beat in known)
        if beats:
            below.append(_samples(wave, ("MULTIPOINT", beats)))
    item.ContentSequence = below
    return item


# -- content items (PS3.3 C.17.3)


def _item(kind: str, relationship: str, name: Code | None) -> Dataset:
    item = Dataset()
    item.RelationshipType = relationship
    item.ValueType = kind
    if name is not None:
        item.ConceptNameCodeSequence = [_code(name)]
    return item


def _container(name: Code, below: Iterable[Dataset]) -> Dataset:
    item = _item("CONTAINER", "CONTAINS", name)
    item.ContinuityOfContent = "SEPARATE"
    item.ContentSequence = list(below)
    return item


def _text(name: Code, text: str, relationship: str = "CONTAINS") -> Dataset:
    item = _item("TEXT", relationship, name)
    item.TextValue = text
    return item


def _person(name: Code, person: str, relationship: str) -> Dataset:
    item = _item("PNAME", relationship, name)
    item.PersonName = _one_value(person)
    return item


def _coded(name: Code, value: Code, relationship: str) -> Dataset:
    item = _item("CODE", relationship, name)
    item.ConceptCodeSequence = [_code(value)]
    return item


def _number(name: Code, value: float, unit: str, below: Sequence[Dataset]) -> Dataset:
    item = _item("NUM", "CONTAINS", name)
    measured = Dataset()
    measured.NumericValue = f"{value:.10g}"
    measured.MeasurementUnitsCodeSequence = [_code(_UNITS[unit])]
    item.MeasuredValueSequence = [measured]
    if below:
        item.ContentSequence = list(below)
    return item


def _samples(wave: Source, points: tuple[str, tuple[int, ...]]) -> Dataset:
    """Temporal coordinates in the waveform, from sample 1, over all channels of its group."""
    item = _item("TCOORD", "INFERRED FROM", _SAMPLES)
    item.TemporalRangeType, positions = points
    item.ReferencedSamplePositions = list(positions)
    item.ContentSequence = [_referring(None, wave, "SELECTED FROM")]
    return item


def _referring(name: Code | None, wave: Source, relationship: str) -> Dataset:
    item = _item("WAVEFORM", relationship, name)
    reference = _sop(wave)
    reference.ReferencedWaveformChannels = [1, 0]  # first multiplex group, all its channels
    item.ReferencedSOPSequence = [reference]
    return item


def _code(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
    return item


def _template(number: str) -> Dataset:
    item = Dataset()
    item.MappingResource, item.TemplateIdentifier = "DCMR", number
    return item


def _sop(source: Source) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = source.sop_class_uid
    item.ReferencedSOPInstanceUID = source.sop_instance_uid
    return item


def _waveform(report: StructuredReport, identity: Identity) -> Source | None:
    """The one waveform object of the study; None where there is none, or it is not clear which."""
    found = [
        source
        for source in report.sources
        if source.sop_instance_uid in identity.sources
        and (source.sop_class_uid or "").startswith(_WAVEFORMS)
    ]
    return found[0] if len(found) == 1 else None


def _evidence(report: StructuredReport, identity: Identity) -> list[Dataset]:
    """What the report refers to, by series (PS3.3 C.17.2)."""
    by_series: dict[str, list[Dataset]] = {}
    for source in report.sources:
        series = identity.sources.get(source.sop_instance_uid or "")
        if series is not None:
            by_series.setdefault(series, []).append(_sop(source))
    if not by_series:
        return []
    study = Dataset()
    study.StudyInstanceUID = report.study_uid or identity.study
    study.ReferencedSeriesSequence = [_series(*each) for each in by_series.items()]
    return [study]


def _series(uid: str, objects: list[Dataset]) -> Dataset:
    made = Dataset()
    made.SeriesInstanceUID = uid
    made.ReferencedSOPSequence = objects
    return made


def _one_value(text: str) -> str:
    """A text as one value: DICOM parts values at a backslash and knows no escape for it."""
    return text.replace("\\", " ")
