"""The statement catalogue: its data, its search, what it refuses."""

import sys
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead.errors import SettingsError
from farlead.messages import Language
from farlead.model.report import Modifier, Statement
from farlead.model.study import Kind
from farlead.reporting.statements import catalogue, read_catalogue
from farlead.reporting.statements.entry import chinese_of, is_chinese
from farlead.reporting.statements.index import Index
from farlead.reporting.statements.initials import initials_of
from farlead.reporting.statements.search import Query, rank

ENTRIES = catalogue().entries

#: Statements that a reader of ECGs must find, by the number of the AHA/ACC/HRS list.
_LISTED = {
    *range(1, 5), *range(10, 17), *range(20, 28), *range(30, 43), *range(50, 57), *range(60, 67),
    *range(70, 77), *(80, *range(82, 90)), 100, 101, 102, *range(104, 112), *range(120, 126), 128,
    131, *range(140, 156), *(160, 161, 162, 163, 165, 166, 173, 174), *range(180, 191),
    *range(200, 213), 214, 220, *range(223, 229), 230, *range(400, 407), *range(500, 504),
}  # fmt: skip
#: A supraventricular complex that is not said to be premature; hypokalaemia *or* drug effect.
_OTHERWISE = {41, 211}


def test_initials_are_those_of_the_wording() -> None:
    for entry in ENTRIES.values():
        texts = chinese_of(entry.zh, entry.synonyms)
        assert list(entry.pinyin) == [initials_of(text) for text in texts]


def test_wording_is_chinese_and_english() -> None:
    for entry in ENTRIES.values():
        assert is_chinese(entry.zh)
        assert not is_chinese(entry.en)
        assert entry.en.strip()
        assert "，" in entry.zh or "," not in entry.zh
        assert "（" in entry.zh or "(" not in entry.zh


def test_it_is_found_by_each_way_of_asking() -> None:
    for entry in ENTRIES.values():
        asked = [entry.code, entry.zh, entry.en, entry.initials, *entry.synonyms]
        for query in asked:
            found = catalogue().find(query, 12, entry.kind)
            assert entry in found, query


def test_implications_and_exclusions_hold_together() -> None:
    for entry in ENTRIES.values():
        assert entry.implies <= ENTRIES.keys()
        assert entry.code not in entry.implies | entry.excludes
        for other in entry.excludes:
            assert entry.code in ENTRIES[other].excludes, other
        for other in entry.implies:
            assert ENTRIES[other].implies <= entry.implies, other
            assert ENTRIES[other].excludes <= entry.excludes, other
        assert not entry.implies & entry.excludes


def test_every_qualified_form_names_its_modifier_and_keeps_its_code() -> None:
    for entry in ENTRIES.values():
        plain, *others = catalogue().variants(entry.statement())
        assert plain == entry.statement()
        assert [line.modifier for line in others] == list(entry.modifiers)
        for line in others:
            assert line.code == entry.code
            assert entry.zh in line.zh
            assert line.zh != entry.zh
            assert entry.en in line.en
            assert not is_chinese(line.en)


def test_there_is_something_for_every_kind_that_is_read() -> None:
    kinds = {entry.kind for entry in ENTRIES.values()}
    imaging = {Kind.ULTRASOUND, Kind.CT, Kind.MR, Kind.RADIOGRAPH, Kind.FUNDUS}
    assert {Kind.ECG, *imaging} <= kinds
    assert sum(entry.kind is Kind.ECG for entry in ENTRIES.values()) >= 250


def test_the_international_list_is_covered_and_each_number_means_one_line() -> None:
    numbers = [(entry.aha, entry.aha_with) for entry in ENTRIES.values() if entry.aha]
    assert len(numbers) == len(set(numbers))
    assert {number for number, _ in numbers} >= _LISTED - _OTHERWISE
    assert {number for number, _ in numbers} <= _LISTED


def test_acronyms_and_codes_mean_one_line_each() -> None:
    acronyms = [entry.scp for entry in ENTRIES.values() if entry.scp]
    assert len(acronyms) == len(set(acronyms))
    assert ENTRIES["RH101"].mdc == "10:9216"
    assert ENTRIES["CD105"].scp == "3AVB"


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("dxxl", "窦性心律"),
        ("DXXL", "窦性心律"),
        ("sinus", "窦性心律"),
        ("sinus brady", "窦性心动过缓"),
        ("心房颤", "心房颤动"),
        ("房颤", "心房颤动"),
        ("fc", "心房颤动"),
        ("af", "心房颤动"),
        ("xf颤", "心房颤动"),
        ("qbt", "前壁 T 波倒置"),
        ("STEMI", "急性前间壁心肌梗死"),
        ("mi104", "急性下壁心肌梗死"),
        ("lbbb", "完全性左束支阻滞"),
        ("ventricular prem", "室性早搏"),
        ("qt", "QT 间期延长"),
        ("normal", "正常心电图"),
        ("zcxdt", "正常心电图"),
        ("二度 i", "二度 I 型窦房阻滞"),
    ],
)
def test_what_is_typed_finds_what_is_meant(query: str, first: str) -> None:
    assert catalogue().find(query, 8, Kind.ECG)[0].zh == first


@pytest.mark.parametrize("query", ["", "   ", "，", "#", "zzzzqqqq", "\\", "(.*"])
def test_nothing_is_found_by_nothing(query: str) -> None:
    assert catalogue().find(query, 8) == []


def test_find_keeps_to_limit_and_kind() -> None:
    assert len(catalogue().find("x", 3)) == 3
    assert {e.kind for e in catalogue().find("ds", 20, Kind.ULTRASOUND)} == {Kind.ULTRASOUND}


_LETTERS = st.sampled_from([*"xsfcdqzabst0124 -(.*[\n", *"窦性心律房颤动阻滞左右前壁波"])
_PARTS = st.sampled_from(
    [text for entry in ENTRIES.values() for text in (*entry.latin, *sum(entry.chinese, ()))]
)
_INDEX = Index(tuple(ENTRIES.values()))


@given(st.text(_LETTERS, max_size=6) | _PARTS.flatmap(lambda text: st.just(text[: len(text) // 2])))
def test_the_fast_search_finds_what_the_plain_one_finds(typed: str) -> None:
    asked = Query.of(typed)
    plain = {
        p: found for p, e in enumerate(_INDEX.entries) if (found := rank(e, asked)) is not None
    }
    assert _INDEX.ranks(asked) == plain


@given(st.data())
def test_any_part_of_a_wording_finds_it_with_letters_for_characters(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(list(ENTRIES.values())))
    wording, initials = data.draw(st.sampled_from(entry.chinese))
    start = data.draw(st.integers(0, len(wording) - 1))
    stop = data.draw(st.integers(start + 1, len(wording)))
    mixed = data.draw(st.lists(st.booleans(), min_size=stop - start, max_size=stop - start))
    typed = "".join(
        initials[place] if letter else wording[place]
        for place, letter in zip(range(start, stop), mixed, strict=True)
    )
    assert entry in catalogue().find(typed, len(ENTRIES))


def test_contradictions_are_symmetric_and_follow_implications() -> None:
    assert catalogue().conflicts(["RH101", "RH201"]) == [("RH101", "RH201")]
    assert catalogue().conflicts(["RH201", "RH101"]) == [("RH201", "RH101")]
    assert catalogue().conflicts(["RH101", "CD101", "", "none"]) == []
    assert catalogue().conflicts(["GN101", "MI104"]), "an infarction is abnormal"
    assert catalogue().conflicts(["RH103", "RH203"]), "a sinus bradycardia is a sinus rhythm"
    assert catalogue().conflicts(["RH101", "CD105", "RH411"]) == [], "complete block may have both"


def test_a_line_without_an_entry_has_no_other_forms() -> None:
    free = Statement("", "自由", "free")
    assert catalogue().variants(free) == (free,)
    assert Modifier.OLD in {line.modifier for line in catalogue().variants(_line("MI304"))}


def _line(code: str) -> Statement:
    return ENTRIES[code].statement()


_OWN = """
kind = "ecg"
zh = "本院"
en = "Own"

[[statement]]
code = "HX900"
zh = "本院首条"
en = "First own"

[[statement]]
code = "{code}"
zh = "{zh}"
en = "Own wording"
pinyin = ["{pinyin}"]
excludes = [{excludes}]
implies = [{implies}]
"""


@pytest.mark.parametrize(
    ("change", "named", "line"),
    [
        ({"code": "RH101"}, "RH101", 12),
        ({"zh": "窦性心律", "pinyin": "dxxl"}, "RH101", 13),
        ({"pinyin": "bymd"}, "HX901", 15),
        ({"excludes": '"QQ999"'}, "QQ999", 16),
        ({"excludes": '"HX901"'}, "HX901", 16),
        ({"implies": '"QQ999"'}, "QQ999", 17),
        ({"implies": '"RH101", "RH201"'}, "HX901", 17),
        ({"implies": '"RH101"', "excludes": '"RH101"'}, "HX901", 17),
        ({"code": "x1"}, "statement.1.code", 12),
        ({"zh": "\\q"}, "own.toml", 13),
    ],
)
def test_a_wrong_own_file_is_refused_with_file_line_and_id(
    change: dict[str, str], named: str, line: int
) -> None:
    values = {"code": "HX901", "zh": "本院语", "pinyin": "byy", "excludes": "", "implies": ""}
    with pytest.raises(SettingsError) as refused:
        read_catalogue(_shipped(), {"own.toml": _OWN.format(**values | change).encode()})
    assert "own.toml" in refused.value.text(Language.ZH)
    assert named in refused.value.text(Language.EN)
    assert f"line {line}" in refused.value.text(Language.EN)


def test_an_own_file_adds_statements_and_changes_the_version(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    values = {"code": "HX901", "zh": "本院语", "pinyin": "byy", "implies": ""}
    own.write_text(_OWN.format(excludes='"RH101"', **values), "utf-8")
    both = catalogue(own)
    assert both.find("byy")[0].code == "HX901"
    assert both.find("byst")[0].code == "HX900", "initials are made where none are written"
    assert "HX901" in both.entry("RH101").excludes
    assert both.version != catalogue().version


def test_an_own_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        catalogue(tmp_path / "none.toml")


def test_the_shipped_catalogue_needs_no_pinyin_tables() -> None:
    asked = (
        "import sys; from farlead.reporting.statements import catalogue; catalogue().find('x');"
        "sys.exit('pypinyin' in sys.modules)"
    )
    assert run([sys.executable, "-c", asked], check=False).returncode == 0


def _shipped() -> dict[str, bytes]:
    folder = resources.files("farlead.reporting.statements")
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith(".toml")}


def _limits(rule: dict[str, Any]) -> Iterator[tuple[str, str, float, str | None]]:
    """Quantity, comparison, limit of adults and its sex of each condition of a rule."""
    for when in rule.get("when", ()):
        listed = when.get("limit")
        for limit in listed if isinstance(listed, list) else [{"value": listed}]:
            if "age" not in limit or limit["age"][1] > 16:
                yield when.get("quantity", ""), when.get("is", ""), limit["value"], limit.get("sex")


def test_what_screening_suggests_does_not_contradict_its_own_measurement() -> None:
    folder = resources.files("farlead.analysis.rules")
    tables = [tomllib.loads(f.read_text("utf-8")) for f in folder.iterdir() if f.suffix == ".toml"]  # type: ignore[attr-defined]  # files of the installed package
    rules = [rule for table in tables for rule in table.get("rule", ()) if "statement" in rule]
    assert len(rules) > 80
    compared = 0
    for rule in rules:
        for quantity, compares, limit, sex in _limits(rule):
            for expected in ENTRIES[rule["statement"]].expects:
                if expected.measure != quantity or sex not in {None, expected.sex or sex}:
                    continue
                compared += 1
                least, most = expected.least, expected.most
                if compares.startswith(">") and least is not None:
                    assert limit >= least, rule["id"]
                if compares.startswith("<") and most is not None:
                    assert limit <= most, rule["id"]
    assert compared > 10
