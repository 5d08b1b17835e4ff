"""What the device measured and said: MUSE measurements with units, diagnosis statements."""

from collections.abc import Iterator

from farlead.formats.xml_fields import number, whole
from farlead.formats.xml_tree import Node
from farlead.model.recording import Annotation

#: Element -> name, unit.
_QUANTITIES = {
    "VentricularRate": ("Ventricular rate", "bpm"),
    "AtrialRate": ("Atrial rate", "bpm"),
    "PRInterval": ("PR interval", "ms"),
    "QRSDuration": ("QRS duration", "ms"),
    "QTInterval": ("QT interval", "ms"),
    "QTCorrected": ("QTc (formula not stated)", "ms"),
    "QTcFrederica": ("QTc (Fridericia)", "ms"),
    "QTcFramingham": ("QTc (Framingham)", "ms"),
    "PAxis": ("P axis", "deg"),
    "RAxis": ("QRS axis", "deg"),
    "TAxis": ("T axis", "deg"),
    "QRSCount": ("QRS complexes", None),
}
#: Points of the median beat, in samples at ECGSampleBase.
_POINTS = {
    "POnset": "P onset in the median beat",
    "POffset": "P offset in the median beat",
    "QOnset": "QRS onset in the median beat",
    "QOffset": "QRS offset in the median beat",
    "TOffset": "T offset in the median beat",
}
_END_OF_LINE = "ENDSLINE"


def annotations(root: Node) -> Iterator[Annotation]:
    """Measurements, then statements, in the file's order."""
    measured = root.find("RestingECGMeasurements")
    if measured is None or not measured.children:
        measured = root.find("OriginalRestingECGMeasurements")
    if measured is not None:
        yield from _measurements(measured)
    own = _lines(root.find("OriginalDiagnosis"))
    present = _lines(root.find("Diagnosis"))
    yield from map(Annotation, own or present)
    if own and present != own:
        status = root.content("TestDemographics", "Status")
        label = f"Diagnosis ({status.lower()})" if status else "Diagnosis as edited"
        yield from (Annotation(f"{label}: {line}") for line in present)


def _measurements(measured: Node) -> Iterator[Annotation]:
    base = number(measured.content("ECGSampleBase"))
    exponent = whole(measured.content("ECGSampleExponent") or "0")
    fs = base * 10.0**exponent if base and exponent is not None and abs(exponent) <= 6 else None
    for child in measured.children:
        value = number(child.text.strip())
        if value is None:
            continue
        if child.tag in _QUANTITIES:
            name, unit = _QUANTITIES[child.tag]
            yield Annotation(name, value=value, unit=unit)
        elif child.tag in _POINTS and fs:
            yield Annotation(_POINTS[child.tag], value=value / fs * 1000, unit="ms")


def _lines(diagnosis: Node | None) -> list[str]:
    """Statements of a diagnosis; pieces belong to one line until a flag ends it."""
    statements = diagnosis.all("DiagnosisStatement") if diagnosis else []
    flags = [{flag.text.strip().upper() for flag in s.all("StmtFlag")} for s in statements]
    ended = any(_END_OF_LINE in found for found in flags)
    lines: list[str] = []
    pieces: list[str] = []
    for statement, found in zip(statements, flags, strict=True):
        pieces.append(" ".join((statement.content("StmtText") or "").split()))
        if _END_OF_LINE in found or not ended:
            lines.append(" ".join(filter(None, pieces)))
            pieces.clear()
    lines.append(" ".join(filter(None, pieces)))
    return [line for line in lines if line]
