"""The manager's numbers: a window behind a password, files for spreadsheets, the command."""

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from typer.testing import CliRunner

from farlead.access.accounts import hash_password
from farlead.cli import app
from farlead.desk import sheets
from farlead.messages import Language
from farlead.model.people import Role, Unit
from farlead.services import open_overlook
from farlead.settings import Settings, UnitSettings, save_settings, utc_now
from farlead.store import Store
from farlead_ui.connections.view import ConnectionsView
from farlead_ui.numbers.view import NumbersView
from farlead_ui.overseeing import connections_window, numbers_window
from farlead_ui.tasks import InlineTasks
from farlead_ui.theme.appearance import Appearance
from support_gui import CTRL, ManualScheduler
from support_store import FakeClock, reader, report_one

PASSWORD = "guan-li-7"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three days with a report each; a unit whose name begins like a formula."""
    settings = Settings(
        folder=tmp_path_factory.mktemp("house"), units=(UnitSettings(code="u1", name="=甲县"),)
    )
    save_settings(settings)
    clock = FakeClock(utc_now() - timedelta(days=2))
    with Store.open(settings.store, clock=clock, keys=settings.keys) as store:
        store.add_unit(Unit("u1", "=甲县"))
        for number in range(3):
            report_one(store, f"n{number}", reader(store))
            clock.advance(days=1)
        for login, role in (("boss", Role.MANAGER), ("sys", Role.SYSTEM_ADMINISTRATOR)):
            reader(store, login, role)
            store.set_password(login, PASSWORD, hash_password(PASSWORD), "admin")
    return settings


def _enter(window: object, password: str) -> None:
    window.show()  # type: ignore[attr-defined]
    QTest.keyClicks(window.password, password)  # type: ignore[attr-defined]
    QTest.keyClick(window.password, Qt.Key.Key_Return)  # type: ignore[attr-defined]


def test_a_manager_sees_and_writes_them_by_keys(
    qtbot: QtBot, appearance: Appearance, house: Settings, tmp_path: Path
) -> None:
    with open_overlook(house, "boss") as overseeing:
        window = numbers_window(overseeing, InlineTasks(), appearance)
        qtbot.addWidget(window)
        _enter(window, "wrong")
        assert window.pages.count() == 1
        assert window.told.text()
        _enter(window, PASSWORD)
        view = window.pages.currentWidget()
        assert isinstance(view, NumbersView)
        model = view._model
        assert model.numbers is not None
        assert (model.numbers.whole.arrived, model.numbers.whole.reports.count) == (3, 3)
        assert "到达 3" in view._whole.text()
        QTest.keyClick(view.table, Qt.Key.Key_2, CTRL)
        assert model.section == "units"
        assert view.table.cells.data(view.table.cells.index(0, 0)) == "=甲县"
        QTest.keyClick(view.table, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
        assert model.span == 365
        for name in ("numbers.csv", "numbers.xlsx"):
            view.ask = lambda name=name: str(tmp_path / name)
            QTest.keyClick(view.table, Qt.Key.Key_E, CTRL)
            assert (tmp_path / name).is_file()
            assert name in view.told.text()
        view.ask = lambda: str(tmp_path / "numbers.doc")
        QTest.keyClick(view.table, Qt.Key.Key_E, CTRL)
        assert ".xlsx" in view.told.text()
        assert overseeing._store.trail("numbers")
    _opened(tmp_path)


def _opened(folder: Path) -> None:
    """As a spreadsheet sees them: a sheet for each section, no formula."""
    book = load_workbook(folder / "numbers.xlsx")
    assert book.sheetnames == ["时段", "单位", "医师", "时限", "初筛规则"]
    assert [cell.value for cell in book["单位"][2]][:3] == ["'=甲县", 3, 3]
    with (folder / "numbers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == "时段"
    assert ["'=甲县", "3", "3"] in [row[:3] for row in rows]


def test_an_administrator_has_the_connections_to_himself(
    qtbot: QtBot, appearance: Appearance, house: Settings
) -> None:
    scheduler = ManualScheduler(FakeClock())  # type: ignore[arg-type]
    with open_overlook(house, "sys") as overseeing:
        window = connections_window(overseeing, InlineTasks(), scheduler, appearance)
        qtbot.addWidget(window)
        _enter(window, PASSWORD)
        view = window.pages.currentWidget()
        assert isinstance(view, ConnectionsView)
        QTest.keyClick(view.search, Qt.Key.Key_T, CTRL)
        lines = view._tending.all
        assert len(lines) == 2
        assert all(line.answer is not None and line.answer.trouble is None for line in lines)
        window.close()


def test_the_command_lists_and_writes(house: Settings, tmp_path: Path) -> None:
    run, home = CliRunner().invoke, ["--home", str(house.folder)]
    listed = run(app, ["numbers", *home, "--json", "--by", "readers"])
    assert listed.exit_code == 0
    (row,) = json.loads(listed.stdout)
    assert (row["name"], row["reports"]) == ("医师li", 3)
    told = run(app, ["numbers", *home, "--language", "zh"])
    assert "到达" in told.stdout
    written = run(app, ["numbers", *home, "--output", str(tmp_path / "n.xlsx")])
    assert written.exit_code == 0
    assert load_workbook(tmp_path / "n.xlsx").worksheets
    assert run(app, ["numbers", *home, "--from", "gestern"]).exit_code == 1


def test_every_section_has_its_words() -> None:
    for section, names in sheets.SECTIONS.items():
        heads = sheets.heads(section)
        assert len(heads) == len(names) + 1
        for language in Language:
            assert all(head.text(language) for head in heads)
