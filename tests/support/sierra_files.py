"""Philips ECG XML files from a known signal, as PageWriter carts write them.

The compressor goes the way forth: residuals of the limb leads, second differences, high bytes
before low bytes, LZW with codes of 10 bits.
"""

import base64
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from ecg_files import recording
from farlead.formats.leads import TWELVE
from farlead.model.people import Sex
from farlead.model.recording import Recording

#: Microvolts of one unit in nearly all files.
STEP = 5.0
_END = 1023


def lzw(data: bytes) -> list[int]:
    """Codes of `data`: strings of up to code 1022 are learned, 1023 ends them."""
    known = {bytes((byte,)): byte for byte in range(256)}
    codes: list[int] = []
    word = b""
    for byte in data:
        longer = word + bytes((byte,))
        if longer in known:
            word = longer
            continue
        codes.append(known[word])
        if len(known) < _END:
            known[longer] = len(known)
        word = bytes((byte,))
    return [*codes, *([known[word]] if word else []), _END]


def packed(codes: Sequence[int]) -> bytes:
    """Codes of 10 bits, the first bit first, filled up with zeros."""
    bits = "".join(f"{code:010b}" for code in codes)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def words(samples: Sequence[int]) -> tuple[int, list[int]]:
    """Start value and words of a lead's samples."""
    first = list(samples[:2])
    bends = [2 * samples[i - 1] - samples[i - 2] - samples[i] for i in range(2, len(samples))]
    return (bends[0] if bends else 0), [*first, *(64 + bend for bend in bends[1:]), 64][
        : len(samples)
    ]


def chunk(samples: Sequence[int]) -> bytes:
    """One lead, compressed."""
    start, values = words(samples)
    data = struct.pack(f">{len(values)}h", *values)
    body = packed(lzw(data[::2] + data[1::2]))
    return struct.pack("<ihh", len(body), 1, start) + body


def residuals(leads: NDArray[np.int64]) -> NDArray[np.int64]:
    """The twelve leads as they are compressed: what limb leads leave over what I and II say."""
    one, two, three, right, left, foot = leads[:6]
    out = leads.copy()
    out[2] = two - one - three
    out[3] = -right - np.floor_divide(one + two, 2)
    out[4] = np.floor_divide(one - three, 2) - left
    out[5] = np.floor_divide(two + three, 2) - foot
    return out


def xli(leads: NDArray[np.int64], further: int = 0) -> bytes:
    """Leads as they are compressed, and chunks of channels that were not connected."""
    empty = [chunk([0] * leads.shape[1])] * further
    return b"".join([*(chunk(row.tolist()) for row in residuals(leads)), *empty])


def with_pulse(leads: NDArray[np.int64], fs: float, height: int = 200) -> NDArray[np.int64]:
    """With zeros, a pulse and zeros in the last 0.4 s, as carts write them."""
    out = leads.copy()
    n = leads.shape[1]
    out[:, n - round(0.4 * fs) :] = 0
    out[:, n - round(0.3 * fs) : n - round(0.1 * fs)] = height
    return out


_HEAD = """\
<?xml version="1.0" encoding="{declared}"?>
<restingecgdata xmlns="http://www3.medical.philips.com" status="Confirmed" lang="en">
 <documentinfo>
  <documentname>ad4d3d80.xml</documentname>
  <documenttype>{kind}</documenttype>
  <documentversion>{version}</documentversion>
 </documentinfo>
 <orderinfo priority="{priority}"><ordernumber>A77</ordernumber>
  <reasonfororder>chest pain</reasonfororder></orderinfo>
 <reportinfo date="2025-03-14" time="09:27:00"><reportgain><amplitudegain unit="mm/mv">
  <overallgain>10.00</overallgain></amplitudegain></reportgain>
  <reportbandwidth><highpassfiltersetting>0.5</highpassfiltersetting></reportbandwidth>
 </reportinfo>
 <dataacquisition date="{date}" time="{time}" statflag="True">
  <machine machineid="EKG1" detaildescription="Philips Medical Products:860315:A.01"
   >PageWriter Touch</machine>
  <acquirer><departmentname>Ward 3</departmentname><institutionname>Town clinic</institutionname>
   <orderingclinician id="1">Li Wei</orderingclinician></acquirer>
  <signalcharacteristics>
   <samplingrate>{fs:g}</samplingrate>
   <{resolution_name}>{step:g}</{resolution_name}>
   <hipass>0.05</hipass><lowpass>150</lowpass>
   <notchfiltered>True</notchfiltered><notchfilterfreqs>50</notchfilterfreqs>
   <acquisitiontype>10-WIRE</acquisitiontype>
   <bitspersample>16</bitspersample><signaloffset>0</signaloffset><signalsigned>True</signalsigned>
   <numberchannelsallocated>12</numberchannelsallocated>
  </signalcharacteristics>
 </dataacquisition>
 <patient><generalpatientdata><patientid>{number}</patientid>
  <name><lastname>{last}</lastname><firstname>{first}</firstname><middlename>---</middlename></name>
  <age defaultage="50"><dateofbirth>{born}</dateofbirth></age><sex>{gender}</sex>
 </generalpatientdata></patient>
 <internalmeasurements><crossleadmeasurements><meanqtint>400</meanqtint>
   <meanventrate>73</meanventrate>
   <tfrontaxis>Indeterminate</tfrontaxis></crossleadmeasurements>
  <leadmeasurements><leadmeasurement leadname="V2"><ramp>912</ramp><st80>-70</st80>
   <pdur>Failed</pdur>
   <parea>5</parea></leadmeasurement></leadmeasurements></internalmeasurements>
 <interpretations><interpretation><globalmeasurements><heartrate>72</heartrate><qtcb>412</qtcb>
   <qtco methodname="Hodges">401</qtco></globalmeasurements>
  <mdsignatureline>Unconfirmed Diagnosis</mdsignatureline>
  <severity code="AB">- ABNORMAL ECG -</severity>
  <statement editedflag="False"><statementcode>SB</statementcode>
   <leftstatement>Sinus bradycardia</leftstatement>
   <rightstatement>rate&lt; 50</rightstatement></statement>
  <statement editedflag="True"><statementcode/><leftstatement>No change</leftstatement>
   <rightstatement/></statement></interpretation></interpretations>
 <waveforms>
"""
_LABELS = "I II III aVR aVL aVF V1 V2 V3 V4 V5 V6"


@dataclass(frozen=True)
class Sierra:
    """What stands in a file; `codes` are the samples of the twelve leads in units of `step`."""

    codes: NDArray[np.int64]
    beats: NDArray[np.int64] | None
    fs: float = 500.0
    step: float = STEP
    version: str = "1.04"
    kind: str = "PhilipsECG"
    number: str = "T0001"
    last: str = "Wang"
    first: str = "Xiulan"
    born: str = "1960-05-17"
    gender: str = "Female"
    priority: str = ""
    date: str = "2025-03-14"
    time: str = "09:26:53"
    compression: str = "XLI"
    data_encoding: str = "Base64"
    further: int = 4
    payload: bytes | None = None
    declared: str = "UTF-8"
    encoding: str = "utf-8"

    @property
    def old(self) -> bool:
        """Whether the version is 1.03, which names some things otherwise."""
        return self.version == "1.03"

    def data(self, change: Callable[[str], str] = str) -> bytes:
        """The file; `change` may alter its text first."""
        return change(self.text()).encode(self.encoding)

    def text(self) -> str:
        """The file as text."""
        fields = {k: escape(v) for k, v in vars(self).items() if isinstance(v, str)}
        resolution_name = "signalresolution" if self.old else "resolution"
        head = _HEAD.format(**fields, fs=self.fs, step=self.step, resolution_name=resolution_name)
        if self.old:
            head = head.replace("10-WIRE", "STD-12")
        return f"{head}{self._parsed()}{self._repbeats()} </waveforms>\n</restingecgdata>\n"

    def body(self) -> bytes:
        """Samples as the file holds them, before base64."""
        if self.payload is not None:
            return self.payload
        if self.compression == "XLI":
            return xli(self.codes, self.further)
        return self.codes.astype("<i2").tobytes()

    def _parsed(self) -> str:
        milliseconds = self.codes.shape[1] / self.fs * 1000
        head = f'dataencoding="{self.data_encoding}" durationperchannel="{milliseconds:g}"'
        if self.old:
            head += (
                f' compressflag="{self.compression != ""}" compressmethod="{self.compression}"'
                ' nbitspersample="16"'
            )
        else:
            head += (
                f' compression="{self.compression}" numberofleads="{len(self.codes)}"'
                f' leadlabels="{_LABELS}" samplespersecond="{self.fs:g}"'
                f' resolution="{self.step:g}" signaloffset="0" signalsigned="True"'
                ' bitspersample="16" hipass="0.05" lowpass="150"'
            )
        if self.data_encoding == "Plain":
            text = "\n".join(" ".join(map(str, row)) for row in self.codes.tolist())
        else:
            text = _lines(self.body())
        return f"  <parsedwaveforms {head}>{text}</parsedwaveforms>\n"

    def _repbeats(self) -> str:
        if self.beats is None:
            return ""
        beats = "".join(
            f'   <repbeat leadname="{lead}"><pdur>88</pdur><waveform duration="'
            f'{row.size / self.fs * 1000:g}">{_lines(row.astype("<i2").tobytes())}'
            "</waveform></repbeat>\n"
            for lead, row in zip(TWELVE, self.beats, strict=True)
        )
        return (
            f'  <repbeats dataencoding="Base64" samplespersec="{self.fs:g}" resolution="2.5"'
            f' repbeatmethod="mean">\n{beats}  </repbeats>\n'
        )


def _lines(data: bytes) -> str:
    text = base64.b64encode(data).decode("ascii")
    return "\n".join(text[i : i + 76] for i in range(0, len(text), 76))


def sierra(content: Recording | None = None, **fields: object) -> Sierra:
    """A file of `content` (default: the usual recording) with one representative beat."""
    content = content or recording()
    step = float(fields.get("step", STEP))  # type: ignore[arg-type]
    codes = np.rint(np.asarray(content.samples, np.float64) * 1000.0 / step).astype(np.int64)
    beat = np.rint(np.asarray(content.samples[:, :600], np.float64) * 400.0).astype(np.int64)
    made = Sierra(
        codes=codes,
        beats=np.concatenate([beat, np.full((len(beat), 600), 32767)], axis=1),
        fs=content.fs,
        gender={Sex.MALE: "Male", Sex.FEMALE: "Female"}.get(content.patient.sex, "Unknown"),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def sierra_bytes(content: Recording | None = None, **fields: object) -> bytes:
    """The usual file."""
    return sierra(content, **fields).data()
