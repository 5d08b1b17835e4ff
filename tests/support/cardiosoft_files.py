"""CardioSoft XML of a known signal, laid out as real exports are.

>>> data = cardiosoft_bytes(recording())
"""

from collections.abc import Mapping
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from ecg_files import recording
from farlead.model.people import Sex
from farlead.model.recording import Recording

_GENDERS = {Sex.MALE: "MALE", Sex.FEMALE: "FEMALE"}
RESOLUTION = 5.0
MEASUREMENTS = (
    '<VentricularRate units="BPM">50</VentricularRate><PQInterval units="ms">174</PQInterval>'
    '<QTInterval units="ms"></QTInterval><QRSNum>8</QRSNum>'
    '<MeasurementTable Creation="12SL"><LeadOrder>I, II, V1</LeadOrder>'
    '<QDuration units="ms">23, , 33</QDuration><RpAmplitude units="uV">, -7, </RpAmplitude>'
    "</MeasurementTable>"
)


def waves(names: tuple[str, ...], rows: NDArray[np.floating], resolution: float) -> str:
    """``WaveformData`` of each lead, eleven numbers a line."""
    found = []
    for name, row in zip(names, rows, strict=True):
        digits = [str(round(value * 1000 / resolution)) for value in row]
        lines = [",".join(digits[i : i + 11]) for i in range(0, len(digits), 11)]
        text = ",\r\n\t\t\t".join(lines)
        found.append(f'<WaveformData lead="{name}">{text}</WaveformData>')
    return "\n".join(found)


def strip(
    names: tuple[str, ...],
    rows: NDArray[np.floating],
    fs: float,
    *,
    resolution: float = RESOLUTION,
    extra: str = "",
) -> str:
    """Inside of ``StripData`` or ``MedianSamples``."""
    return (
        f"<NumberOfLeads>{len(names)}</NumberOfLeads>"
        f'<SampleRate units="Hz">{fs:g}</SampleRate>'
        f"<ChannelSampleCountTotal>{rows.shape[1]}</ChannelSampleCountTotal>"
        f'<Resolution units="uVperLsb">{resolution:g}</Resolution>'
        f"{extra}{waves(names, rows, resolution)}"
    )


def cardiosoft_bytes(
    content: Recording | None = None,
    *,
    medians: NDArray[np.floating] | None = None,
    median_fs: float | None = None,
    resolution: float = RESOLUTION,
    replace: Mapping[str, str] | None = None,
    declared: str = "ISO-8859-1",
    encoding: str = "latin-1",
) -> bytes:
    """A resting ECG; `replace` changes the text before it is encoded."""
    content = content or recording(name=None)
    patient, start = content.patient, content.start
    family, _, given = (patient.name or "").partition(" ")
    born = patient.birth_date
    birth = (
        f"<Day>{born.day}</Day><Month>{born.month}</Month><Year>{born.year}</Year>" if born else ""
    )
    when = (
        f"<Hour>{start.hour}</Hour><Minute>{start.minute}</Minute><Second>{start.second}</Second>"
        f"<Day>{start.day}</Day><Month>{start.month}</Month><Year>{start.year}</Year>"
        if start
        else ""
    )
    beat = (
        "<MedianSamples>"
        + strip(
            content.leads,
            medians,
            median_fs or content.fs,
            resolution=resolution,
            extra="<FirstValid>2</FirstValid><LastValid>597</LastValid>",
        )
        + "</MedianSamples>"
        if medians is not None
        else ""
    )
    text = f"""<?xml version="1.0" encoding="{declared}" ?>
<CardiologyXML>
<ObservationType>RestECG</ObservationType>
<ObservationDateTime>{when}</ObservationDateTime>
<UID><DICOMStudyUID>1.2.840.113619.2.235.1</DICOMStudyUID></UID>
<ClinicalInfo><ReasonForStudy>chest pain</ReasonForStudy><DeviceInfo><Desc>CardioSoft</Desc>
<SoftwareVer>V6.73</SoftwareVer></DeviceInfo></ClinicalInfo>
<PatientVisit><OrderingProvider><FamilyName>Li</FamilyName><GivenName>Na</GivenName>
</OrderingProvider><ServicingFacility><Name>Unit 7</Name></ServicingFacility></PatientVisit>
<PatientInfo><PID>{patient.local_number or ""}</PID><Name><FamilyName>{escape(family)}</FamilyName>
<GivenName>{escape(given)}</GivenName></Name><Age units="YEARS">53</Age>
<BirthDateTime>{birth}</BirthDateTime><Gender>{_GENDERS.get(patient.sex, "UNKNOWN")}</Gender>
</PatientInfo>
<FilterSetting><Filter50Hz>Yes</Filter50Hz><Filter60Hz>No</Filter60Hz>
<LowPass units="Hz">100</LowPass><HighPass units="Hz">0.05</HighPass></FilterSetting>
<Interpretation><Diagnosis><DiagnosisText>Sinus rhythm</DiagnosisText>
<DiagnosisText>---</DiagnosisText></Diagnosis><Conclusion>
<ConclusionText>Sinus rhythm</ConclusionText></Conclusion></Interpretation>
<RestingECGMeasurements>{MEASUREMENTS}{beat}</RestingECGMeasurements>
<StripData>{strip(content.leads, content.samples, content.fs, resolution=resolution)}
<ArrhythmiaResults><Time units="ms">800</Time><BeatClass>dominant</BeatClass>
<Time units="ms">99999</Time><BeatClass>dominant</BeatClass></ArrhythmiaResults></StripData>
</CardiologyXML>
"""
    for old, new in (replace or {}).items():
        if old not in text:
            raise ValueError(f"{old} is not in the document")
        text = text.replace(old, new)
    return text.encode(encoding)
