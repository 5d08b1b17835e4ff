"""The statement catalogue: its data, its search, what it refuses."""

import pytest

from farlead.errors import SettingsError
from farlead.messages import Language
from farlead.model.study import Kind
from farlead.reporting.statements import CatalogueEntry, catalogue, read_catalogue
from farlead.reporting.statements.entry import is_chinese

# The first level of GB 2312 is sorted by pinyin: where each initial letter begins.
_BEGINS = [
    ("a", 0xB0A1), ("b", 0xB0C5), ("c", 0xB2C1), ("d", 0xB4EE), ("e", 0xB6EA), ("f", 0xB7A2),
    ("g", 0xB8C1), ("h", 0xB9FE), ("j", 0xBBF7), ("k", 0xBFA6), ("l", 0xC0AC), ("m", 0xC2E8),
    ("n", 0xC4C3), ("o", 0xC5B6), ("p", 0xC5BE), ("q", 0xC6DA), ("r", 0xC8BB), ("s", 0xC8F6),
    ("t", 0xCBFA), ("w", 0xCDDA), ("x", 0xCEF4), ("y", 0xD1B9), ("z", 0xD4D1),
]  # fmt: skip
_LAST = 0xD7F9
#: Second level (sorted by radicals), and characters with another reading here.
_READ = {"窦": "d", "颤": "c", "颅": "l", "率": "l"}
_READ_IN = {"重新": "cx", "重采": "cc"}


def _initials(text: str) -> str:
    for word, letters in _READ_IN.items():
        text = text.replace(word, letters)
    return "".join(_initial(character) for character in text.casefold() if character.isalnum())


def _initial(character: str) -> str:
    if not is_chinese(character) or character in _READ:
        return _READ.get(character, character)
    position = int.from_bytes(character.encode("gb2312"), "big")
    assert position <= _LAST, f"say in _READ how {character} is read"
    return [letter for letter, begins in _BEGINS if begins <= position][-1]


@pytest.mark.parametrize("entry", catalogue().entries.values(), ids=lambda entry: entry.code)
def test_initials_are_those_of_the_wording(entry: CatalogueEntry) -> None:
    texts = [entry.zh, *(text for text in entry.synonyms if is_chinese(text))]
    assert list(entry.pinyin) == [_initials(text) for text in texts]


def test_there_is_something_for_every_kind_that_is_read() -> None:
    kinds = {entry.kind for entry in catalogue().entries.values()}
    assert {Kind.ECG, Kind.ULTRASOUND, Kind.CT, Kind.MR, Kind.RADIOGRAPH} <= kinds
    assert sum(entry.kind is Kind.ECG for entry in catalogue().entries.values()) >= 80


def test_wording_is_chinese_and_english() -> None:
    for entry in catalogue().entries.values():
        assert is_chinese(entry.zh)
        assert not is_chinese(entry.en)
        assert "，" in entry.zh or "," not in entry.zh


def test_numbers_of_the_list_are_used_once() -> None:
    numbers = [entry.aha for entry in catalogue().entries.values() if entry.aha]
    assert len(numbers) == len(set(numbers))


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
    assert catalogue().find(query, 8)[0].zh == first


@pytest.mark.parametrize("query", ["", "   ", "，", "#", "zzzzqqqq", "\\", "(.*"])
def test_nothing_is_found_by_nothing(query: str) -> None:
    assert catalogue().find(query, 8) == []


def test_find_keeps_to_limit_and_kind() -> None:
    assert len(catalogue().find("x", 3)) == 3
    assert {e.kind for e in catalogue().find("ds", 20, Kind.ULTRASOUND)} == {Kind.ULTRASOUND}


def test_contradictions_are_symmetric() -> None:
    assert catalogue().conflicts(["RH101", "RH201"]) == [("RH101", "RH201")]
    assert catalogue().conflicts(["RH201", "RH101"]) == [("RH201", "RH101")]
    assert catalogue().conflicts(["RH101", "CD101", "", "none"]) == []


_OWN = """
kind = "ecg"
zh = "本院"
en = "Own"
[[statement]]
code = "{code}"
zh = "{zh}"
en = "Own wording"
pinyin = ["{pinyin}"]
excludes = [{excludes}]
"""


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"code": "RH101"}, "RH101"),
        ({"zh": "窦性心律", "pinyin": "dxxl"}, "RH101"),
        ({"pinyin": "bymd"}, "HX901"),
        ({"excludes": '"QQ999"'}, "QQ999"),
        ({"excludes": '"HX901"'}, "HX901"),
        ({"code": "x1"}, "statement.0.code"),
        ({"zh": '"'}, "own.toml"),
    ],
)
def test_a_wrong_own_file_is_refused_with_file_and_id(change: dict[str, str], named: str) -> None:
    values = {"code": "HX901", "zh": "本院语", "pinyin": "byy", "excludes": ""} | change
    with pytest.raises(SettingsError) as refused:
        read_catalogue({**_shipped(), "own.toml": _OWN.format(**values).encode()})
    assert "own.toml" in refused.value.text(Language.ZH)
    assert named in refused.value.text(Language.EN)


def test_an_own_file_adds_statements_and_changes_the_version() -> None:
    own = _OWN.format(code="HX901", zh="本院语", pinyin="byy", excludes='"RH101"').encode()
    both = read_catalogue({**_shipped(), "own.toml": own})
    assert both.find("byy")[0].code == "HX901"
    assert "HX901" in both.entry("RH101").excludes
    assert both.version != catalogue().version


def _shipped() -> dict[str, bytes]:
    from importlib import resources

    folder = resources.files("farlead.reporting.statements")
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith(".toml")}
