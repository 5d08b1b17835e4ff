"""The report as ORU^R01: the PDF whole, and what it says line by line.

One observation with what each line means: measurements (NM), statements and conclusion (TX), and
the signed PDF (ED, base64). Texts are escaped; a name that the charset of the peer has no
character for is refused, never altered. A withdrawal names the same observations, each as posted
wrong (W) and without a value, and the report as one that has no results (X).

References
----------
HL7 v2.5.1 chapter 7 (OBR, OBX, ORU; tables 0085 and 0123).
"""

import base64
from collections.abc import Iterator

from farlead.exchange.delivery.coded import (
    IMPRESSION,
    document_code,
    measurements,
    statement_lines,
)
from farlead.exchange.delivery.parcel import Parcel, Standing
from farlead.exchange.delivery.segments import About, Result, escaped, head, segment, timed, whole
from farlead.exchange.delivery.wording import in_chinese_and_english
from farlead.peers import Hl7Way

_OWN = "L"
#: Of the report (table 0123) and of each observation (table 0085).
_REPORT = {"preliminary": "P", "final": "F", "corrected": "C", "withdrawn": "X"}
_LINE = {"preliminary": "P", "final": "F", "corrected": "C", "withdrawn": "W"}
#: A value that was sent before is deleted (HL7 v2.5.1, 2.5.3).
_DELETED = '""'


def oru(parcel: Parcel, way: Hl7Way, hospital: str) -> str:
    """The message; the same for the same delivery, however often it is made.

    Raises
    ------
    DeliveryFailed
        The charset of the peer has no character for something that it says.
    """
    said = parcel.said
    code, display = document_code(said)
    result = Result(
        filler=parcel.study.number,
        code=f"{code}^{display}^LN",
        status=_REPORT[parcel.standing],
        at=parcel.at,
        interpreter=f"{escaped(said.login)}&{escaped(said.author)}",
    )
    lines = head(About.parcel(parcel), result, way, hospital, parcel.message_id)
    return whole([*lines, *_observations(parcel)], way)


def _observations(parcel: Parcel) -> Iterator[str]:
    for number, (kind, code, value, unit) in enumerate(_said(parcel), 1):
        yield segment(
            "OBX", str(number), kind, code, str(number), value, unit, "", "", "", "",
            _LINE[parcel.standing], "", "", timed(parcel.at),
        )  # fmt: skip


def _said(parcel: Parcel) -> Iterator[tuple[str, str, str, str]]:
    """Type, code, value and unit of each observation."""
    said, gone = parcel.said, parcel.standing is Standing.WITHDRAWN
    impression = f"{IMPRESSION[0]}^{IMPRESSION[1]}^LN"
    if parcel.notice is not None:
        yield "TX", impression, escaped(in_chinese_and_english(parcel.notice)), ""
    for made in measurements(said):
        code = f"{made.code}^{made.display}^LN" if made.code else f"{made.name}^{made.name}^{_OWN}"
        value = _DELETED if gone else f"{made.value:g}"
        yield "NM", code, value, f"{made.unit}^{made.unit}^UCUM"
    if gone:
        return
    for text in [*statement_lines(said), said.findings, said.conclusion]:
        if text:
            yield "TX", impression, escaped(text), ""
    code, display = document_code(said)
    data = base64.b64encode(parcel.pdf).decode("ascii")
    yield "ED", f"{code}^{display}^LN", f"FARLEAD^application^pdf^Base64^{data}", ""
