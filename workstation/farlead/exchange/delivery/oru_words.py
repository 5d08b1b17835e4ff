"""Word about a study as ORU^R01: to be recorded again, a critical value, how far it is.

Each is a result of its own, with a filler number and a code (OBR-3, OBR-4) that no report has: it
never takes the place of one, however late it comes.

References
----------
HL7 v2.5.1 chapter 7: tables 0085 (X: cannot be obtained, D: deletes, P: preliminary, W: posted as
wrong), 0123, and 0078 (AA: critically abnormal).
"""

from dataclasses import dataclass

from farlead.exchange.delivery.parcel import Word
from farlead.exchange.delivery.segments import About, Result, escaped, head, segment, timed, whole
from farlead.exchange.delivery.wording import in_chinese_and_english
from farlead.model.report import NoticeKind
from farlead.peers import Hl7Way


@dataclass(frozen=True, slots=True)
class _Said:
    """Code, status of the result, status and abnormal flag of its observation."""

    code: str
    result: str
    line: str
    flag: str = ""


_RETAKE, _CRITICAL = "RETAKE^请重新采集^L", "CRITICAL^危急值^L"
_KINDS = {
    NoticeKind.RETAKE: _Said(_RETAKE, "X", "X"),
    NoticeKind.RETAKE_OVER: _Said(_RETAKE, "C", "D"),
    NoticeKind.CRITICAL: _Said(_CRITICAL, "P", "P", "AA"),
    NoticeKind.CRITICAL_OVER: _Said(_CRITICAL, "C", "W"),
}


def oru_word(word: Word, way: Hl7Way, hospital: str) -> str:
    """The message; the same for the same delivery. DeliveryFailed as with reports."""
    notice, said = word.notice, _KINDS[word.notice.kind]
    name = said.code.split("^", 1)[0]
    result = Result(f"{notice.number}-{name}", said.code, said.result, notice.asked)
    told = escaped(in_chinese_and_english(notice))
    line = segment(
        "OBX", "1", "TX", said.code, "1", told, "", "", said.flag, "", "", said.line, "", "",
        timed(notice.asked),
    )  # fmt: skip
    return whole(
        [*head(About.study(word.study), result, way, hospital, word.message_id), line], way
    )
