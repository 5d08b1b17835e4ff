"""HL7 v2 segments that every message of ours begins with, and how texts and times stand in them.

References
----------
HL7 v2.5.1 chapters 2 (escapes 2.7, MSH 2.15.9), 3 (PID), 7 (OBR, OBX).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from farlead.clients.mllp import ENCODINGS
from farlead.errors import DeliveryFailed
from farlead.exchange.delivery.parcel import Parcel
from farlead.messages import message
from farlead.model.study import Study
from farlead.peers import Hl7Way

_ESCAPES = {
    "\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\r": "\\.br\\",
    "\n": "\\.br\\",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a message is about; the report's own words where there is one."""

    unit: str
    local_number: str | None
    patient: str | None
    birth: date | None
    sex: str
    accession: str | None
    question: str | None
    doctor: str | None
    acquired: datetime | None
    kind: str
    number: str

    @classmethod
    def parcel(cls, parcel: Parcel) -> "About":
        """Of a report, as it was signed."""
        said = parcel.said
        return cls(
            said.unit, said.local_number, said.patient, said.birth, said.sex, said.accession,
            said.question, said.doctor, said.acquired, said.kind, parcel.study.number,
        )  # fmt: skip

    @classmethod
    def study(cls, study: Study) -> "About":
        """Of a study, as its documents state."""
        patient, request = study.patient, study.request
        return cls(
            study.unit.code, patient.local_number, patient.name, patient.birth_date,
            str(patient.sex), request.accession, request.clinical_question,
            request.requesting_doctor, study.acquired, str(study.kind), study.number,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One OBR: its filler number and code, its status, and who speaks when."""

    filler: str
    code: str
    status: str  # HL7 table 0123
    at: datetime | None
    interpreter: str = ""


def head(
    about: About, result: Result, way: Hl7Way, hospital: str, message_id: str
) -> tuple[str, str, str]:
    """MSH, PID and OBR of an ORU^R01."""
    return (
        segment(
            "MSH", "^~\\&", "FARLEAD", escaped(hospital), escaped(way.application),
            escaped(way.facility), timed(result.at), "", "ORU^R01^ORU_R01", message_id, "P",
            "2.5.1", "", "", "AL", "AL", "", way.charset,
        ),
        segment(
            "PID", "1", "", f"{escaped(about.local_number)}^^^{escaped(about.unit)}^PI", "",
            escaped(about.patient), "", about.birth.strftime("%Y%m%d") if about.birth else "",
            about.sex,
        ),
        segment(
            "OBR", "1", escaped(about.accession), f"{result.filler}^FARLEAD", result.code, "", "",
            timed(about.acquired), "", "", "", "", "", escaped(about.question), "", "",
            escaped(about.doctor), "", "", "", "", "", timed(result.at), "",
            "EC" if about.kind == "ecg" else "RAD", result.status, "", "", "", "", "", "",
            result.interpreter,
        ),
    )  # fmt: skip


def whole(lines: Iterable[str], way: Hl7Way) -> str:
    """The message of these segments.

    Raises
    ------
    DeliveryFailed
        The charset of the peer has no character for something that it says.
    """
    said = "\r".join(lines) + "\r"
    try:
        said.encode(ENCODINGS[way.charset])
    except UnicodeEncodeError as error:
        raise DeliveryFailed(
            message("peers.no_character", charset=way.charset, character=said[error.start])
        ) from error
    return said


def segment(*fields: str) -> str:
    """Fields as a segment, empty ones at the end left out."""
    return "|".join(fields).rstrip("|")


def escaped(value: object) -> str:
    """A text as one value of a field."""
    return "".join(_ESCAPES.get(letter, letter) for letter in str(value or ""))


def timed(moment: datetime | None) -> str:
    """With the zone where it is known."""
    if moment is None:
        return ""
    return moment.strftime("%Y%m%d%H%M%S%z" if moment.tzinfo else "%Y%m%d%H%M%S")
