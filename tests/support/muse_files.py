"""GE MUSE XML files from a known signal, written as MUSE 9 writes them."""

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from ecg_files import recording
from farlead.model.people import Sex
from farlead.model.recording import Recording

EIGHT = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
#: Microvolts of one unit in nearly all MUSE files.
STEP = 4.88

_DEMOGRAPHICS = """\
   <PatientDemographics>
      <PatientID>{number}</PatientID>
      <PatientAge>{age}</PatientAge>
      <AgeUnits>{age_unit}</AgeUnits>
      <DateofBirth>{born}</DateofBirth>
      <Gender>{gender}</Gender>
      <PatientLastName>{last}</PatientLastName>
      <PatientFirstName>{first}</PatientFirstName>
   </PatientDemographics>
   <TestDemographics>
      <DataType>RESTING</DataType>
      <SiteName>{site}</SiteName>
      <AcquisitionDevice>MAC55</AcquisitionDevice>
      <Status>{status}</Status>
      <Priority>NORMAL</Priority>
      <LocationName>{location}</LocationName>
      <AcquisitionTime>{time}</AcquisitionTime>
      <AcquisitionDate>{date}</AcquisitionDate>
      <ReferringMDLastName>Li</ReferringMDLastName>
      <ReferringMDFirstName>Wei</ReferringMDFirstName>
      <TestReason>chest pain</TestReason>
   </TestDemographics>
"""
_MEASUREMENTS = """\
   <RestingECGMeasurements>
      <VentricularRate>48</VentricularRate>
      <PRInterval>138</PRInterval>
      <QTCorrected>403</QTCorrected>
      <RAxis>-20</RAxis>
      <QOnset>216</QOnset>
      <TOffset>442</TOffset>
      <ECGSampleBase>500</ECGSampleBase>
      <ECGSampleExponent>0</ECGSampleExponent>
      <QTcFrederica>419</QTcFrederica>
   </RestingECGMeasurements>
"""
_LEAD = """\
      <LeadData>
         <LeadByteCountTotal>{size}</LeadByteCountTotal>
         <LeadTimeOffset>0</LeadTimeOffset>
         <LeadSampleCountTotal>{count}</LeadSampleCountTotal>
         <LeadAmplitudeUnitsPerBit>{step}</LeadAmplitudeUnitsPerBit>
         <LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>
         <LeadHighLimit>32767</LeadHighLimit>
         <LeadLowLimit>-32768</LeadLowLimit>
         <LeadID>{lead}</LeadID>
         <LeadOffsetFirstSample>0</LeadOffsetFirstSample>
         <FirstSampleBaseline>0</FirstSampleBaseline>
         <LeadSampleSize>2</LeadSampleSize>
         <LeadOff>FALSE</LeadOff>
         <BaselineSway>FALSE</BaselineSway>
         <LeadDataCRC32>{checksum}</LeadDataCRC32>
         <WaveFormData>
{data}
         </WaveFormData>
      </LeadData>
"""


@dataclass(frozen=True)
class Muse:
    """What stands in a file; `codes` are the stored integers of each lead."""

    codes: Mapping[str, NDArray[np.int16]]
    medians: Mapping[str, NDArray[np.int16]]
    base: str = "500"
    exponent: str = "0"
    step: float = STEP
    number: str = "T0001"
    last: str = "Wang"
    first: str = "Xiulan"
    born: str = "05-17-1960"
    age: str = "64"
    age_unit: str = "YEARS"
    gender: str = "FEMALE"
    site: str = "Town clinic"
    location: str = "Ward 3"
    status: str = "CONFIRMED"
    date: str = "03-14-2025"
    time: str = "09:26:53"
    diagnosis: Sequence[tuple[str, bool]] = (("Sinus rhythm,", False), ("normal ECG", True))
    original: Sequence[tuple[str, bool]] = (("Sinus bradycardia", True), ("Borderline ECG", True))
    declared: str = "ISO-8859-1"
    encoding: str = "iso-8859-1"

    def data(self, change: Callable[[str], str] = str) -> bytes:
        """The file; `change` may alter its text first."""
        return change(self.text()).encode(self.encoding)

    def text(self) -> str:
        """The file as text."""
        fields = {k: escape(v) for k, v in vars(self).items() if isinstance(v, str)}
        return "".join(
            (
                f'<?xml version="1.0" encoding="{self.declared}"?>\n',
                '<!DOCTYPE RestingECG SYSTEM "restecg.dtd">\n<RestingECG>\n',
                "   <MuseInfo>\n      <MuseVersion>9.0.7.17363</MuseVersion>\n   </MuseInfo>\n",
                _DEMOGRAPHICS.format(**fields),
                "   <Order>\n      <HISOrderNumber>A77</HISOrderNumber>\n   </Order>\n",
                _MEASUREMENTS,
                _statements("Diagnosis", self.diagnosis),
                _statements("OriginalDiagnosis", self.original),
                self._waveform("Median", self.medians) if self.medians else "",
                self._waveform("Rhythm", self.codes),
                "   <PharmaData>\n      <PharmaCartID>SKJ1</PharmaCartID>\n   </PharmaData>\n",
                "</RestingECG>\n",
            )
        )

    def _waveform(self, kind: str, codes: Mapping[str, NDArray[np.int16]]) -> str:
        head = (
            f"   <Waveform>\n      <WaveformType>{kind}</WaveformType>\n"
            f"      <NumberofLeads>{len(codes)}</NumberofLeads>\n"
            "      <SampleType>CONTINUOUS_SAMPLES</SampleType>\n"
            f"      <SampleBase>{self.base}</SampleBase>\n"
            f"      <SampleExponent>{self.exponent}</SampleExponent>\n"
            "      <HighPassFilter>16</HighPassFilter>\n"
            "      <LowPassFilter>150</LowPassFilter>\n      <ACFilter>50</ACFilter>\n"
        )
        leads = "".join(lead_data(lead, row, self.step) for lead, row in codes.items())
        return f"{head}{leads}   </Waveform>\n"


def lead_data(lead: str, codes: NDArray[np.int16], step: float = STEP) -> str:
    """One LeadData element."""
    payload = codes.astype("<i2").tobytes()
    text = base64.b64encode(payload).decode("ascii")
    return _LEAD.format(
        lead=lead,
        size=len(payload),
        count=len(payload) // 2,
        step=step,
        checksum=zlib.crc32(payload),
        data="\n".join(text[i : i + 76] for i in range(0, len(text), 76)),
    )


def _statements(name: str, lines: Sequence[tuple[str, bool]]) -> str:
    if not lines:
        return ""
    written = "".join(
        "      <DiagnosisStatement>\n"
        + ("         <StmtFlag>ENDSLINE</StmtFlag>\n" if ends else "")
        + f"         <StmtText>{escape(text)}</StmtText>\n      </DiagnosisStatement>\n"
        for text, ends in lines
    )
    return f"   <{name}>\n      <Modality>RESTING</Modality>\n{written}   </{name}>\n"


def muse(content: Recording | None = None, leads: Sequence[str] = EIGHT, **fields: object) -> Muse:
    """A file of `content` (default: the usual recording, one median beat) with these leads."""
    content = content or recording()
    step = float(fields.get("step", STEP))  # type: ignore[arg-type]
    codes = {
        lead: np.rint(content.samples[content.leads.index(lead)] * 1000.0 / step).astype(np.int16)
        for lead in leads
    }
    made = Muse(
        codes=codes,
        medians={lead: row[:600] for lead, row in codes.items()},
        base=f"{content.fs:g}",
        gender={Sex.MALE: "MALE", Sex.FEMALE: "FEMALE"}.get(content.patient.sex, "UNKNOWN"),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def muse_bytes(content: Recording | None = None, **fields: object) -> bytes:
    """The usual file."""
    return muse(content, **fields).data()  # type: ignore[arg-type]
