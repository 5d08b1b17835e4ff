"""What a notice says as a sentence, the same by every way."""

from farlead.messages import Language, Message, in_both, message
from farlead.model.report import Notice, NoticeKind


def sentence(notice: Notice) -> Message:
    """The notice as one sentence for people."""
    number, version = notice.number, notice.version or 0
    match notice.kind:
        case NoticeKind.PRELIMINARY:
            return message("notices.preliminary", number=number, version=version)
        case NoticeKind.WITHDRAWN:
            return message(
                "notices.withdrawn", number=number, version=version, reason=notice.reason
            )
        case NoticeKind.RETAKE if notice.hint.strip():
            return message(
                "retakes.asked_hint", number=number, reason=notice.reason, hint=notice.hint
            )
        case NoticeKind.RETAKE:
            return message("retakes.asked", number=number, reason=notice.reason)
        case NoticeKind.RETAKE_OVER:
            return message("retakes.over", number=number, outcome=f"@retakes.{notice.outcome}")
        case NoticeKind.CRITICAL:
            found = {
                language: "; ".join(each.text(language) for each in notice.findings)
                for language in Language
            }
            return message(
                "notices.critical", number=number, reader=notice.reader, **in_both("found", found)
            )
        case NoticeKind.CRITICAL_OVER:
            return message(
                "notices.not_critical", number=number, reader=notice.reader, reason=notice.reason
            )


def in_chinese_and_english(notice: Notice) -> str:
    """The sentence in both languages, for systems with one text field."""
    told = sentence(notice)
    return f"{told.text(Language.ZH)} / {told.text(Language.EN)}"
