"""Tables that leave the house: their types, and no name that a spreadsheet would run."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from farlead.desk.sheets import Table, csv_text, save

FORMULAS = (
    "=cmd|'/c calc'!A1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1",
)  # fmt: skip
NAMES = [[name, 3, -1.5] for name in FORMULAS]
LINES = [["unit", "reports", "median"], *NAMES, ["县医院", 0, None]]


def test_a_workbook_has_numbers_as_numbers_and_names_as_text(tmp_path: Path) -> None:
    save([Table("units", LINES)], tmp_path / "a.xlsx")
    heads, *rows = load_workbook(tmp_path / "a.xlsx")["units"].iter_rows()
    assert [cell.value for cell in heads] == LINES[0]
    assert all(row[0].data_type == "s" and row[0].value.startswith("'") for row in rows[:-1])
    assert all((row[1].value, row[2].value) == (3, -1.5) for row in rows[:-1])
    assert {type(row[1].value) for row in rows} == {int}
    assert [cell.value for cell in rows[-1]] == ["县医院", 0, None]


def test_neither_a_file_nor_the_terminal_gives_a_formula(tmp_path: Path) -> None:
    save([Table("units", LINES), Table("more", [["a"]])], tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(text.decode("utf-8-sig").splitlines(keepends=True)))
    printed = list(csv.reader(csv_text(LINES).splitlines(keepends=True)))
    assert rows[: len(printed)] == printed
    assert rows[len(printed) :] == [[], ["a"]]
    assert [row[0] for row in printed[1:-1]] == [f"'{name}" for name in FORMULAS]
    assert printed[1][1:] == ["3", "-1.5"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_name_that_no_cell_can_hold_stops_no_export(tmp_path: Path, form: str) -> None:
    save([Table("units", [["unit"], ["县\x0b医\x00院"]])], tmp_path / f"a.{form}")
    assert (tmp_path / f"a.{form}").stat().st_size > 0
