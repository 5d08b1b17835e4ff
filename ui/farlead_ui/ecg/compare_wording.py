"""How an earlier ECG and its differences are said; the same words on strip, sheets and table."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from farlead.desk import EarlierEcg
from farlead.messages import Language, Message
from farlead.model.screening import Screening
from farlead.model.study import Study
from farlead_ui.ecg.differences import Differences, LeadRow, signed
from farlead_ui.theme.appearance import Appearance

translate = QCoreApplication.translate
_MINUS = "−"


def moment(study: Study) -> str:
    """When an ECG was recorded; where the file does not say, when it arrived, and that it is so."""
    if study.acquired is None:
        text = translate("Comparison", "{t} (arrived)")
        return text.format(t=_written(study.arrived))
    return _written(study.acquired)


def day(study: Study) -> str:
    """The same as a day."""
    return _local(study.acquired or study.arrived).strftime("%Y-%m-%d")


def earlier_title(ecg: EarlierEcg, appearance: Appearance) -> str:
    """What stands large on an earlier ECG: that it is one, its time, its unit."""
    head = translate("Comparison", "Earlier  {t}").format(t=moment(ecg.study))
    return appearance.joined([head, ecg.study.unit.name])


def today_title(study: Study, appearance: Appearance) -> str:
    """What stands large on the ECG in hand."""
    head = translate("Comparison", "Current  {t}").format(t=moment(study))
    return appearance.joined([head, study.unit.name])


def conclusion(ecg: EarlierEcg, appearance: Appearance) -> str:
    """What the signed report of an ECG says; without one what screening suspects, and that."""
    if ecg.unread is not None:
        return appearance.text(ecg.unread)
    if ecg.report is not None:
        draft = ecg.report.draft
        chinese = appearance.language is Language.ZH
        said = [s.zh if chinese else s.en for s in draft.statements]
        return ("；" if chinese else "; ").join([*said, *filter(None, [draft.conclusion.strip()])])
    gravest = ecg.screening.gravest if ecg.screening is not None else None
    unsigned = translate("Comparison", "no report")
    return appearance.joined([unsigned, appearance.text(gravest.text) if gravest else ""])


def news_words(news: str) -> str:
    """What is new in a lead."""
    words = {
        "qs": translate("Comparison", "QS"),
        "t_inverted": translate("Comparison", "T inverted"),
        "st_up": translate("Comparison", "ST higher"),
        "st_down": translate("Comparison", "ST lower"),
    }
    return words[news]


def news_of(row: LeadRow) -> str:
    """Everything that is new in a lead."""
    return translate("Comparison", ", ").join(map(news_words, row.news))


def strongest(found: Differences) -> list[str]:
    """The greatest changes in one line each: T or ST of one lead, then what is new in which."""
    said = []
    row = found.most
    if row is not None:
        st = abs(row.change_j or 0.0) > abs(row.change_t or 0.0)
        wave, pair = ("ST", row.j) if st else ("T", row.t)
        said.append(f"{wave} {row.lead} {signed(pair[0])} → {signed(pair[1])} mV")
    for news in ("qs", "t_inverted", "st_up", "st_down"):
        if leads := found.with_news(news):
            text = translate("Comparison", "{what} new in {leads}")
            said.append(text.format(what=news_words(news), leads=together(leads)))
    return said


def figures_line(found: Differences) -> str:
    """Rate and QTc then and now."""
    said = []
    for name, words in (("heart_rate", translate("Comparison", "Rate")), ("qtc", "QTc")):
        row = found.figure(name)
        if row is not None and (row.earlier, row.now) != ("—", "—"):
            unit = " ms" if row.unit == "ms" else ""
            said.append(f"{words} {row.earlier} → {row.now}{unit}")
    return "   ".join(said)


def summary(
    found: Differences, today: Screening | None, text: Callable[[Message], str]
) -> list[str]:
    """What has changed, in sentences; what screening found by comparing is quoted."""
    said = strongest(found)
    if today is not None:
        flags = [flag for flag in today.flags if flag.code.startswith("serial.")]
        said += [text(flag.text) for flag in flags]
    return said or [translate("Comparison", "No difference above the limits named above")]


def together(leads: Sequence[str]) -> str:
    """Neighbouring chest leads as a range: ``V1–V4, aVL``."""
    comma = translate("Comparison", ", ")
    parts: list[list[str]] = []
    for lead in leads:
        if parts and _follows(parts[-1][-1], lead):
            parts[-1].append(lead)
        else:
            parts.append([lead])
    shown = (f"{p[0]}–{p[-1]}" if len(p) > 2 else comma.join(p) for p in parts)
    return comma.join(shown)


def _follows(lead: str, other: str) -> bool:
    first, second = lead[1:], other[1:]
    numbers = lead[0] == other[0] == "V" and first.isdigit() and second.isdigit()
    return numbers and int(second) == int(first) + 1


def _local(at: datetime) -> datetime:
    return at.astimezone()


def _written(at: datetime) -> str:
    return _local(at).strftime("%Y-%m-%d %H:%M")
