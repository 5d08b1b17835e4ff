"""The report as ORU^R01: the PDF whole, and what it says line by line.

One observation with what each line means: measurements (NM), statements and conclusion (TX), and
the signed PDF (ED, base64). Texts are escaped; a name that the charset of the peer has no
character for is refused, never altered.

References
----------
HL7 v2.5.1 chapters 2 (escapes 2.7, MSH 2.15.9), 3 (PID), 7 (OBR, OBX, ORU).
"""

import base64
from collections.abc import Iterator
from datetime import datetime

from farlead.clients.mllp import ENCODINGS
from farlead.errors import DeliveryFailed
from farlead.exchange.delivery.coded import (
    IMPRESSION,
    document_code,
    measurements,
    statement_lines,
)
from farlead.exchange.delivery.parcel import Parcel
from farlead.messages import message
from farlead.peers import Hl7Way

_ESCAPES = {
    "\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\r": "\\.br\\",
    "\n": "\\.br\\",
}  # fmt: skip
_OWN = "L"


def oru(parcel: Parcel, way: Hl7Way, hospital: str) -> str:
    """The message; the same for the same delivery, however often it is made.

    Raises
    ------
    DeliveryFailed
        The charset of the peer has no character for something that it says.
    """
    lines = [*_head(parcel, way, hospital), *_observations(parcel)]
    said = "\r".join(lines) + "\r"
    try:
        said.encode(ENCODINGS[way.charset])
    except UnicodeEncodeError as error:
        raise DeliveryFailed(
            message("peers.no_character", charset=way.charset, character=said[error.start])
        ) from error
    return said


def _head(parcel: Parcel, way: Hl7Way, hospital: str) -> Iterator[str]:
    said = parcel.said
    code, display = document_code(said)
    yield _segment(
        "MSH", "^~\\&", "FARLEAD", _text(hospital), _text(way.application), _text(way.facility),
        _time(parcel.report.signed), "", "ORU^R01^ORU_R01", parcel.message_id, "P", "2.5.1",
        "", "", "AL", "AL", "", way.charset,
    )  # fmt: skip
    yield _segment(
        "PID", "1", "", f"{_text(said.local_number)}^^^{_text(said.unit)}^PI", "",
        _text(said.patient), "", said.birth.strftime("%Y%m%d") if said.birth else "", said.sex,
    )  # fmt: skip
    yield _segment(
        "OBR", "1", _text(said.accession), f"{parcel.study.number}^FARLEAD",
        f"{code}^{display}^LN", "", "", _time(said.acquired), "", "", "", "", "",
        _text(said.question), "", "", _text(said.doctor), "", "", "", "", "",
        _time(parcel.report.signed), "", "EC" if said.kind == "ecg" else "RAD", _status(parcel),
        "", "", "", "", "", "", f"{_text(said.login)}&{_text(said.author)}",
    )  # fmt: skip


def _observations(parcel: Parcel) -> Iterator[str]:
    number, said = 0, parcel.said
    for made in measurements(said):
        number += 1
        code = f"{made.code}^{made.display}^LN" if made.code else f"{made.name}^{made.name}^{_OWN}"
        yield _observation(
            parcel, number, "NM", code, f"{made.value:g}", f"{made.unit}^{made.unit}^UCUM"
        )
    code = f"{IMPRESSION[0]}^{IMPRESSION[1]}^LN"
    texts = [*statement_lines(said), said.findings, said.conclusion]
    for text in texts:
        if text:
            number += 1
            yield _observation(parcel, number, "TX", code, _text(text), "")
    code, display = document_code(said)
    data = base64.b64encode(parcel.pdf).decode("ascii")
    yield _observation(
        parcel,
        number + 1,
        "ED",
        f"{code}^{display}^LN",
        f"FARLEAD^application^pdf^Base64^{data}",
        "",
    )


def _observation(parcel: Parcel, number: int, kind: str, code: str, value: str, unit: str) -> str:
    return _segment(
        "OBX", str(number), kind, code, str(number), value, unit, "", "", "", "",
        _status(parcel), "", "", _time(parcel.report.signed),
    )  # fmt: skip


def _status(parcel: Parcel) -> str:
    """Final, or a correction of one that was final (HL7 tables 0085 and 0123)."""
    return "C" if parcel.corrects else "F"


def _segment(*fields: str) -> str:
    return "|".join(fields).rstrip("|")


def _text(value: object) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in str(value or ""))


def _time(moment: datetime | None) -> str:
    """With the zone where it is known."""
    if moment is None:
        return ""
    return moment.strftime("%Y%m%d%H%M%S%z" if moment.tzinfo else "%Y%m%d%H%M%S")
