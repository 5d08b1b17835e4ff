"""Earlier ECGs for tests of the comparison: measured by the real screening, once."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np

from fake_desk import UNITS, FakeDesk, recording
from farlead.analysis import screen
from farlead.desk import EarlierEcg, EarlierEcgs
from farlead.messages import Message
from farlead.model.lives import ReportState
from farlead.model.recording import Recording
from farlead.model.report import Draft, ReportVersion, Statement
from farlead.model.screening import Screening
from support_ecg import steady


@cache
def measured(rate: float = 65.0, chest: float = 1.0) -> tuple[Recording, Screening]:
    """A recording and what screening found in it; `chest` scales V1 … V6."""
    made = recording(steady(rate, 10.0))
    scale = np.array([chest if lead.startswith("V") else 1.0 for lead in made.leads])
    made = replace(made, samples=(made.samples * scale[:, None]).astype(np.float32))
    return made, screen(made)


def earlier(
    desk: FakeDesk,
    study: int,
    days: float,
    *,
    unit: int = 0,
    rate: float = 80.0,
    said: str = "",
    unread: Message | None = None,
) -> EarlierEcg:
    """An ECG of the same patient, so many days before."""
    now = desk.rows[study].study
    assert now.acquired is not None
    when = now.acquired - timedelta(days=days)
    number = 1000 + round(days)
    before = replace(now, id=number, number=f"E{number}", unit=UNITS[unit], acquired=when,
                     arrived=when)  # fmt: skip
    report = None
    if said:
        written = Draft(statements=(Statement("X", said, f"{said} en"),))
        report = ReportVersion(1, number, 1, ReportState.FINAL, 1, written)
    if unread is not None:
        return EarlierEcg(before, None, unread=unread)
    content, screening = measured(rate, 0.5)
    return EarlierEcg(before, content, screening, report)


def with_earlier(desk: FakeDesk, *, study: int = 1, more: int = 0) -> FakeDesk:
    """The study's ECG is measured, and has two earlier ones from two units."""
    content, screening = measured()
    desk.contents[study] = (content,)
    desk.rows[study] = replace(desk.rows[study], screening=screening)
    found = (
        earlier(desk, study, 10, said="正常心电图"),
        earlier(desk, study, 400, unit=1, rate=50.0),
    )
    desk.earlier[study] = EarlierEcgs(found, more)
    return desk
