"""Codes by which other systems know what a report says.

LOINC for measurements and documents (the starter set of US Core Clinical Test Codes 5.0.1),
UCUM for units. What has no code goes by our own name: it is never dropped.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from farlead.reporting.structured import StructuredReport

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
#: Name of a measurement -> LOINC code and its display.
_MEASUREMENTS = {
    "heart_rate": ("8867-4", "Heart rate"),
    "pr": ("8625-6", "P-R interval"),
    "qrs": ("8633-0", "QRS duration"),
    "qt": ("8634-8", "Q-T interval"),
    "qtc": ("8636-3", "Q-T interval corrected"),
    "axis_p": ("8626-4", "P wave axis"),
    "axis": ("8632-2", "QRS axis"),
    "axis_t": ("8638-9", "T wave axis"),
}
_UNITS = {"/min": "/min", "ms": "ms", "mV": "mV", "°": "deg", "s": "s", "1": "1"}
#: What an ECG's and an image's report are as documents.
ECG_STUDY, IMAGE_STUDY = ("11524-6", "EKG study"), ("18748-4", "Diagnostic imaging study")
IMPRESSION = ("8601-7", "EKG impression")


@dataclass(frozen=True, slots=True)
class CodedValue:
    """A measurement of a report: `code` is None where LOINC has none that is sure."""

    name: str
    code: str | None
    display: str
    value: float
    unit: str


def measurements(said: StructuredReport) -> Iterator[CodedValue]:
    """The measurements with a value, in the report's order."""
    for each in said.figures:
        if each.value is None or each.unit not in _UNITS:
            continue
        code, display = _MEASUREMENTS.get(each.name, (None, each.name))
        yield CodedValue(each.name, code, display, each.value, _UNITS[each.unit])


def document_code(said: StructuredReport) -> tuple[str, str]:
    """LOINC code and display of the report as a document."""
    return ECG_STUDY if said.kind == "ecg" else IMAGE_STUDY


def statement_lines(said: StructuredReport) -> list[str]:
    """The statements in the report's own language."""
    return [line.text(said.language) for line in said.lines]
