"""Figures of an invented morning, as the wall gets them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from farlead.errors import FarleadError
from farlead.messages import Language, Message, in_both, message
from farlead.model.numbers import Promise
from farlead.model.study import Severity
from farlead.model.wall import Band, EndedCase, Hours, OpenCase, Turnaround, UnitLine, Waiting, Wall

_USUAL = (3, 2, 2, 2, 3, 5, 12, 35, 58, 65, 60, 46, 26, 28, 46, 54, 48, 36, 24, 18, 14, 10, 7, 5)


def morning_wall(now: datetime) -> Wall:
    """A quarter past eight on a busy day, 203 units."""

    def before(**span: float) -> datetime:
        return now - timedelta(**span)

    units = [
        UnitLine(f"示例 {n + 1:03d} 卫生院", before(seconds=8 + n * 7), int(n % 4 == 1), 0, 0, now)
        for n in range(198)
    ]
    units += [
        UnitLine("戊镇卫生院", before(minutes=42), 1, 0, 0, before(minutes=42)),
        UnitLine("己镇卫生院", before(hours=3), 0, 0, 0, now, message("peers.no_senders")),
        UnitLine("丁镇卫生院", before(minutes=12), 6, 1, 1, now),
        UnitLine("甲县人民医院", before(seconds=8), 9, 1, 0, now),
        UnitLine("丙社区卫生服务中心", before(seconds=21), 5, 0, 0, now),
    ]
    return Wall(
        taken=now,
        waiting=(
            Waiting(Severity.CRITICAL, 2, before(minutes=3, seconds=12)),
            Waiting(Severity.URGENT, 5, before(minutes=7, seconds=40)),
            Waiting(Severity.NORMAL, 27, before(minutes=21, seconds=35)),
        ),
        cases=(
            OpenCase(1, "丙社区卫生服务中心", _said("三度房室阻滞（疑似）", "complete AV block?"),
                     before(minutes=6, seconds=12), "示例医师乙", 1),
            OpenCase(2, "甲县人民医院", _said("急性前间壁心梗（疑似）", "acute infarction?"),
                     before(minutes=2, seconds=41)),
        ),
        ended=tuple(
            EndedCase(name, before(hours=hours, seconds=took), before(hours=hours))
            for name, hours, took in (
                ("乙镇卫生院", 0.4, 245), ("丁镇卫生院", 2, 218), ("甲县人民医院", 5.5, 311),
                ("丙社区卫生服务中心", 7.8, 176),
            )
        ),
        hours=Hours((4, 2, 1, 3, 2, 5, 12, 31) + (0,) * 16, (4, 3, 1, 2, 3, 4, 11, 27) + (0,) * 16),
        usual=Band(tuple(n * 0.6 for n in _USUAL), tuple(float(n) for n in _USUAL), 28),
        turnaround=(
            Turnaround(Promise.CRITICAL_FIRST_LOOK, 300, 4, 112, 220),
            Turnaround(Promise.ECG_EMERGENCY, 600, 14, 352, 650),
            Turnaround(Promise.ECG_ROUTINE, 1800, 37, 870, 1580),
            Turnaround(Promise.IMAGING_URGENT, 1800, 2, 965, 1488),
            Turnaround(Promise.IMAGING_ROUTINE, 86400),
        ),
        units=tuple(units), stations=9, readers=12, deliveries=2, parked=1, difference=0,
        counted=now,
    )  # fmt: skip


def _said(zh: str, en: str) -> Message:
    texts = {Language.ZH: zh, Language.EN: en}
    return message("analysis.suggestion", **in_both("text", texts))


@dataclass
class FakeWall:
    """Answers with the morning, or with what went wrong."""

    clock: Callable[[], datetime]
    fault: FarleadError | None = None
    asked: int = 0
    changes: dict[str, object] = field(default_factory=dict)

    def wall(self) -> Wall:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        return replace(morning_wall(self.clock()), **self.changes)
