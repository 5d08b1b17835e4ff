"""Critical values and the units' lists as an engineer handles them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from farlead.cli import app
from farlead.messages import message
from farlead.model.critical import Contact
from farlead.model.lives import CaseState
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead.services import Services
from farlead.settings import CriticalSettings, MarkSettings, Settings, UnitSettings, save_settings
from farlead.store import Store
from support_store import FakeClock, arrival, reader

PAUSE = Flag("pause", Severity.CRITICAL, message("worklist.reason.critical"), "pause/3")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(
        folder=tmp_path / "house",
        units=(UnitSettings(code="u1", name="甲县人民医院"), UnitSettings(code="u2", name="乙")),
        critical=CriticalSettings(
            unopened_minutes=2,
            escalation=(MarkSettings(minutes=4, tells="senior_reader", name="赵", number="100"),),
        ),
    )
    save_settings(made)
    return made


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    clock = FakeClock()
    with Store.of(settings, clock=clock) as made:
        for name in "ab":
            study = made.add_object(arrival(name)).study_id
            worst = Screening("1", Severity.CRITICAL, True, Quality.FIT, (), (PAUSE,))
            made.save_screening(study, worst)
            clock.advance(minutes=3)
            made.escalate("seat")
        yield made


def ctl(settings: Settings, *words: str, rc: int = 0) -> Result:
    folder = str(settings.folder)
    done = CliRunner().invoke(app, [*words, "--home", folder, "--language", "en"])
    assert done.exit_code == rc, done.output
    return done


def test_open_and_late_ones_are_listed_with_who_was_told(settings: Settings, store: Store) -> None:
    rows = json.loads(ctl(settings, "critical", "list", "--json").stdout)
    assert [(row["state"], [m["mark"] for m in row["marks"]]) for row in rows] == [
        ("suspected", [0, 1]), ("suspected", [0]),
    ]  # fmt: skip
    assert "senior reader" in ctl(settings, "critical", "list", "--late", rc=1).stdout
    for case in store.running_cases():
        store.close_case(case.id, reader(store), CaseState.NOT_CRITICAL, reason="x")
    assert "No critical value is open" in ctl(settings, "critical", "list").stdout
    assert ctl(settings, "critical", "list", "--late").exit_code == 0
    ended = json.loads(ctl(settings, "critical", "list", "--days", "9999", "--json").stdout)
    assert [row["closed_by"] for row in ended] == ["医师li"] * 2


def test_the_marks_are_the_institutions_own(settings: Settings, store: Store) -> None:
    assert store.running_cases()[0].escalations[-1].mark.name == "赵"


def test_the_form_is_a_pdf_and_handing_it_out_is_recorded(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "form.pdf"
    ctl(settings, "critical", "form", "1", "-o", str(file))
    assert file.read_bytes().startswith(b"%PDF")
    assert "critical.printed" in [e.action for e in store.trail("study:1")]
    assert (
        "no critical-value case 99"
        in ctl(settings, "critical", "form", "99", "-o", str(file), rc=1).stderr
    )
    nowhere = str(tmp_path / "none" / "form.pdf")
    assert "cannot be written" in ctl(settings, "critical", "form", "1", "-o", nowhere, rc=1).stderr


LIST = """unit,name,role,number,hours
u1,示例医师丁,急诊,0000-601,17:30-08:00
u1,总值班,,0000-100,
u2,院长,,0000-1,mon-fri 08:00-17:30
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_the_units_lists_come_from_a_table(
    settings: Settings, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "contacts.csv"
    file.write_bytes(LIST.encode(encoding))
    ctl(settings, "units", "import", str(file))
    with Services(settings) as house:
        assert house.store.contacts("u1")["u1"] == (
            Contact("示例医师丁", "急诊", "0000-601", "17:30-08:00"),
            Contact("总值班", "", "0000-100", ""),
        )
    file.write_text("number,unit\n0000-9,u1\n", "utf-8")
    ctl(settings, "units", "import", str(file))
    listed = json.loads(ctl(settings, "units", "contacts", "--json").stdout)
    assert [(row["unit"], row["number"]) for row in listed] == [("u1", "0000-9"), ("u2", "0000-1")]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("unit,number\nu1,12\nu9,13\n", "u9"),
        ("unit,number\nu1,12\nu1,\n", "line 3: the number"),
        ("unit,number,hours\nu1,12,9-5\n", "line 2: hours"),
        ("unit,number\n,12\n", "line 2: the unit"),
        ("unit,name\nu1,x\n", "lacks: number"),
        ("unit,number\n", "lists nobody"),
    ],
)
def test_a_wrong_line_is_named_and_changes_no_list(
    settings: Settings, tmp_path: Path, table: str, said: str
) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(table, "utf-8")
    assert said in ctl(settings, "units", "import", str(file), rc=1).stderr
    with Services(settings) as house:
        assert house.store.contacts() == {}


def test_a_file_that_is_none(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    assert "cannot be read" in ctl(settings, "units", "import", str(file), rc=1).stderr
    file.write_bytes(b"\xff\xff\xff")
    assert "GB 18030" in ctl(settings, "units", "import", str(file), rc=1).stderr


def test_the_chest_pain_table_is_written_and_recorded(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "table.csv"
    ctl(settings, "chestpain", "--from", "2026-11-01", "-o", str(file))
    assert file.read_text("utf-8-sig").startswith("number,unit,symptom,")
    assert json.loads(ctl(settings, "chestpain", "--from", "2026-11-01", "--json").stdout) == []
    book = tmp_path / "table.xlsx"
    ctl(settings, "chestpain", "--from", "2026-11-01", "-o", str(book))
    assert [cell.value for cell in load_workbook(book).active[1]][:3] == [
        "number", "unit", "symptom",
    ]  # fmt: skip
    nowhere = str(tmp_path / "none" / "t.csv")
    assert (
        "cannot be written"
        in ctl(settings, "chestpain", "--from", "2026-11-01", "-o", nowhere, rc=1).stderr
    )
