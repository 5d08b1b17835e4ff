"""The audit trail in a window, behind a password, for whoever may read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from farlead.access.accounts import hash_password
from farlead.model.people import Role, Unit
from farlead.services import open_overlook
from farlead.settings import Settings, UnitSettings, save_settings
from farlead.store import Store
from farlead_ui.auditing.view import TrailView
from farlead_ui.overseeing import audit_window
from farlead_ui.tasks import InlineTasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.windows.oversight_window import OversightWindow
from support_store import reader, report_one

PASSWORD = "guan-li-7"
ENTER = Qt.Key.Key_Return


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two reports, a manager, a technician."""
    settings = Settings(
        folder=tmp_path_factory.mktemp("house"), units=(UnitSettings(code="u1", name="甲县"),)
    )
    save_settings(settings)
    with Store.open(settings.store, keys=settings.keys) as store:
        store.add_unit(Unit("u1", "甲县"))
        for number in range(2):
            report_one(store, f"n{number}", reader(store))
        for login, role in (("boss", Role.MANAGER), ("tech", Role.TECHNICIAN)):
            reader(store, login, role)
            store.set_password(login, PASSWORD, hash_password(PASSWORD), "admin")
    return settings


def _entered(
    qtbot: QtBot, appearance: Appearance, house: Settings, login: str
) -> Iterator[OversightWindow]:
    with open_overlook(house, login) as overseeing:
        window = audit_window(overseeing, InlineTasks(), appearance)
        qtbot.addWidget(window)
        window.show()
        QTest.keyClicks(window.password, PASSWORD)
        QTest.keyClick(window.password, ENTER)
        yield window


@pytest.fixture
def view(qtbot: QtBot, appearance: Appearance, house: Settings) -> Iterator[TrailView]:
    for window in _entered(qtbot, appearance, house, "boss"):
        shown = window.pages.currentWidget()
        found = shown if isinstance(shown, TrailView) else shown.findChild(TrailView)
        assert isinstance(found, TrailView)
        yield found


def _asked(view: TrailView, **fields: str) -> list[tuple[str, ...]]:
    for field in view.fields:
        field.clear()
    for name, text in fields.items():
        QTest.keyClicks(getattr(view, name), text)
    QTest.keyClick(view.actor, ENTER)
    model = view.cells
    return [
        tuple(str(model.index(row, column).data()) for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def test_the_newest_stand_first(view: TrailView) -> None:
    times = [row[0] for row in _asked(view)]
    assert len(times) > 4
    assert times == sorted(times, reverse=True)


def test_by_study_by_act_and_by_person(view: TrailView, house: Settings) -> None:
    with Store.open(house.store, keys=house.keys) as store:
        study = store.reported("")[0][0]
    rows = _asked(view, subject=study.number)
    assert rows
    assert {row[3] for row in rows} == {f"study:{study.id}"}
    signed = _asked(view, action="report.")
    assert signed
    assert all(row[2].startswith("report.") for row in signed)
    assert _asked(view, actor="nobody") == []


def test_looking_is_in_the_trail(view: TrailView) -> None:
    _asked(view, action="report.")
    rows = _asked(view, actor="boss", action="audit.")
    assert any("action" in row[4] for row in rows)


def test_a_day_that_is_none_and_a_number_of_no_study_are_said(view: TrailView) -> None:
    _asked(view, first="yesterday")
    assert "2026-11-22" in view.told.text()
    _asked(view, subject="20990101-0001")
    assert "20990101-0001" in view.told.text()
    assert view.told.property("tone") == "critical"


def test_a_technician_does_not_get_in(
    qtbot: QtBot, appearance: Appearance, house: Settings, tmp_path: Path
) -> None:
    for window in _entered(qtbot, appearance, house, "tech"):
        if window.pages.count() > 1:
            shown = window.findChild(TrailView)
            assert shown is not None
            assert shown.cells.rowCount() == 0
            assert shown.told.property("tone") == "critical"
        else:
            assert window.told.text()
