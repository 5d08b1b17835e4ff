"""Layouts of the institution: taken whole, or refused with the line."""

from pathlib import Path

import pytest

from farlead.errors import SettingsError
from farlead.messages import Language
from farlead.settings import Settings
from farlead_ui.app import keep_layout
from farlead_ui.ecg.layouts import LAYOUTS, Time, place
from farlead_ui.ecg.model import SheetModel
from farlead_ui.layout_table import own_layout_commands
from farlead_ui.own_layouts import FILE, own_layouts
from farlead_ui.seat import recall
from support_sheet import TWELVE, recording

GOOD = """
# two of ours
[[layout]]
name = "2×3"
rows = [["I", "II", "III"], ["V1", "-aVR", "V5"]]
rhythm = ["V1"]

[[layout]]
name = "胸痛"
rows = [
    ["V1", "V7"],
    ["V2", "V8"],
]
time = "simultaneous"
"""


def written(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, "utf-8")
    return folder


def test_no_file_is_no_layout(tmp_path: Path) -> None:
    assert own_layouts(tmp_path) == ()


def test_layouts_are_read_and_chosen(tmp_path: Path) -> None:
    first, second = own_layouts(written(tmp_path, GOOD))
    assert (first.name, first.rhythm, first.time) == ("2×3", ("V1",), Time.SEQUENTIAL)
    assert first.leads == ("I", "II", "III", "V1", "aVR", "V5")
    assert second.time is Time.SIMULTANEOUS
    model = SheetModel((*LAYOUTS, first, second), "胸痛")
    assert model.layout is second
    model.show(recording())
    model.set_layout(len(LAYOUTS) + 1)
    placed = [p for p in place(first, TWELVE).places if not p.rhythm and p.index is not None]
    assert sorted(p.lead for p in placed) == sorted(TWELVE)
    assert [c.values["name"] for c in own_layout_commands(model.layouts)] == ["2×3", "胸痛"]


@pytest.mark.parametrize(
    ("before", "after", "line", "word"),
    [
        ('name = "胸痛"', 'name = ""', 9, "name"),
        ('name = "胸痛"', 'name = "3×4"', 9, "another layout"),
        ('name = "胸痛"', 'nome = "胸痛"', 9, "unknown entry"),
        ('["V2", "V8"]', '["V2", "V7"]', 10, "twice"),
        ('["V2", "V8"]', '["V2", "V 8"]', 10, "lead names"),
        ('["V2", "V8"]', "[]", 10, "lead names"),
        ('["V2", "V8"]', "4", 10, "lead names"),
        ('time = "simultaneous"', 'time = "lines"', 14, "sequential"),
        ('time = "simultaneous"', 'rhythm = ["-aVR"]', 14, "lead names"),
        ('rhythm = ["V1"]', 'rhythm = ["I", "II", "III", "V1"]', 6, "lead names"),
        ('rows = [["I", "II", "III"], ["V1", "-aVR", "V5"]]', "", 3, "rows"),
    ],
)
def test_a_wrong_one_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, line: int, word: str
) -> None:
    assert before in GOOD
    with pytest.raises(SettingsError) as caught:
        own_layouts(written(tmp_path, GOOD.replace(before, after)))
    told = caught.value.text(Language.EN)
    assert f"line {line}:" in told
    assert word in told
    assert f"第 {line} 行" in caught.value.text(Language.ZH)
    assert FILE in told


@pytest.mark.parametrize("text", ["layout = 3", "x = 1", "[[layout]\n", "[layout]\nname = 1"])
def test_what_is_no_table_of_layouts_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        own_layouts(written(tmp_path, text))


def test_each_reader_keeps_a_layout(tmp_path: Path) -> None:
    settings, model = Settings(folder=tmp_path), SheetModel()
    told: list[str] = []
    model.default_changed.connect(lambda: told.append(model.default_layout))
    model.keep_default()
    model.choose_layout("12×1")
    model.keep_default()
    assert told == ["12×1"]
    keep_layout(settings, "jia", model)
    assert recall(tmp_path).layouts == {"jia": "12×1"}
    assert SheetModel(LAYOUTS, recall(tmp_path).layouts["jia"]).layout.name == "12×1"
    assert SheetModel(LAYOUTS, "gone").layout is LAYOUTS[0]
