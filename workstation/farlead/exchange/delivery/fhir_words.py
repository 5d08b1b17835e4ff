"""Word about a study as FHIR R4: a Task to record it again, a Communication of a critical value.

When it is over, the same resource says so: it is updated, never a second one.

References
----------
FHIR R4: task.html, communication.html.
"""

from farlead.exchange.delivery.fhir_parts import (
    Json,
    identified,
    numbered,
    own_code,
    subject_of,
    transaction,
    updated,
)
from farlead.exchange.delivery.parcel import Word
from farlead.exchange.delivery.wording import in_chinese_and_english
from farlead.model.report import NoticeKind

_OVER = {"answered": "completed"}


def word_bundle(word: Word) -> dict[str, Json]:
    """The transaction; the same for the same delivery, however often it is made."""
    retake = word.notice.kind in (NoticeKind.RETAKE, NoticeKind.RETAKE_OVER)
    resource = _task(word) if retake else _communication(word)
    return transaction([updated(word.uid, resource)])


def word_identifier(word: Word) -> str:
    """Identifier by which it can be asked for afterwards."""
    return identified(word.uid)


def _task(word: Word) -> dict[str, Json]:
    notice = word.notice
    over = notice.kind is NoticeKind.RETAKE_OVER
    task: dict[str, Json] = {
        "resourceType": "Task",
        "identifier": [numbered(notice.number)],
        "status": _OVER.get(notice.outcome or "", "cancelled") if over else "requested",
        "intent": "order",
        "priority": "asap",
        "code": own_code("retake", "请重新采集 / record again"),
        "description": in_chinese_and_english(notice),
        "for": subject_of(word.study),
        "lastModified": notice.asked.isoformat(),
        "requester": {"display": notice.reader or "Farlead"},
        "reasonCode": {"text": notice.reason or "–"},
    }
    if notice.hint.strip():
        task["note"] = [{"text": notice.hint}]
    return task


def _communication(word: Word) -> dict[str, Json]:
    notice = word.notice
    over = notice.kind is NoticeKind.CRITICAL_OVER
    return {
        "resourceType": "Communication",
        "identifier": [numbered(notice.number)],
        "status": "entered-in-error" if over else "completed",
        "category": [own_code("critical", "危急值 / critical value")],
        "priority": "stat",
        "subject": subject_of(word.study),
        "sent": notice.asked.isoformat(),
        "sender": {"display": notice.reader or "Farlead"},
        "payload": [{"contentString": in_chinese_and_english(notice)}],
    }
