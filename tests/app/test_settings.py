"""Settings: what is written is read back; a wrong entry is told with file and field."""

from pathlib import Path

import pytest

from farlead.errors import SettingsError
from farlead.messages import Language
from farlead.model.study import Kind, Priority
from farlead.peers import FolderWay, Hl7Way
from farlead.settings import (
    ClaimSettings,
    Promised,
    Settings,
    UnitSettings,
    load_settings,
    save_settings,
)


def test_defaults_without_a_file(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings(folder=tmp_path)


_HL7 = Hl7Way(kind="hl7", host="10.1.2.3", port=2575)


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    settings = Settings(
        folder=tmp_path,
        hospital='中心“医院” "A"\\',
        language=Language.EN,
        units=(
            UnitSettings(code="jia", name="甲县人民医院"),
            UnitSettings(code="yi", name="乙", ways=(_HL7, FolderWay(kind="folder"))),
        ),
        claim=ClaimSettings(lease=60),
        demo=True,
    )
    save_settings(settings)
    assert load_settings(tmp_path) == settings
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("[claim]\nlease = -1\n", "claim.lease"),
        ('[[units]]\ncode = "a/b"\nname = "x"\n', "units.0.code"),
        ("no_such_setting = 1\n", "no_such_setting"),
    ],
)
def test_a_wrong_entry_names_file_and_field(tmp_path: Path, written: str, field: str) -> None:
    (tmp_path / "settings.toml").write_text(written, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    for language in Language:
        assert field in caught.value.text(language)
        assert "settings.toml" in caught.value.text(language)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('[[archives]]\nname = "a"\nurl = "http://a"\nkeep = "nowhere"\n', 4),
        ('[[archives]]\nname = "a"\nurl = "http://a"\nkeep = "archive"\n', 4),
        ('hospital = "x"\ndatabse = "postgresql://hub/farlead"\n', 2),
        ('# where\n\ndatabase = "postgres//hub"\n', 3),
        ('hospital = "x"\ndatabase = "postgresql://hub:farlead/farlead"\n', 2),
        ('hospital = "x"\ndatabase = "postgresql://hub:99999/farlead"\n', 2),
        ('hospital = "x"\ndatabase = "postgresql://hub/farlead?sslmode=verify"\n', 2),
        ('[claim]\nmode = "pick"\nlease = -1\n', 3),
        ("[claim]\nmode = 'pick'\nlaese = 3\n[promised]\n", 3),
        ('[[units]]\ncode = "a"\nname = "x"\n\n[[units]]\nname = "y"\ncode = "a/b"\n', 7),
        ('[[units]]\ncode = "a"\nname = "x"\n\n[[units]]\nname = "y"\n', 5),
        (
            '[[units]]\ncode = "a"\nname = "x"\n[[units.contacts]]\nnumber = "1"\n'
            '[[units.contacts]]\nname = "B"\nnumber = ""\n',
            8,
        ),
        ("claim = { lease = -1 }\n", 1),
    ],
)
def test_a_wrong_entry_or_address_names_its_line(tmp_path: Path, written: str, line: int) -> None:
    (tmp_path / "settings.toml").write_text(written, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    assert f"第 {line} 行" in caught.value.text(Language.ZH)
    assert f"in line {line}:" in caught.value.text(Language.EN)


@pytest.mark.parametrize(
    "written",
    [
        '[[archives]]\nname = "a"\nurl = "https://u:geheim@hub/dicom-web"\n',
        '[[archives]]\nname = "a"\nurl = "https://hub/x"\nchanges = "https://u:geheim@hub/"\n',
        '[[units]]\ncode = "a"\nname = "x"\n'
        '[[units.ways]]\nkind = "fhir"\nurl = "https://u:geheim@hub/fhir"\n',
    ],
)
def test_a_password_in_the_address_of_a_peer_is_refused_and_not_repeated(
    tmp_path: Path, written: str
) -> None:
    (tmp_path / "settings.toml").write_text(written, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    for language in Language:
        assert "geheim" not in caught.value.text(language)


def test_a_file_that_is_no_toml_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('hospital = "x"\n\ndatabase = postgres\n', "utf-8")
    with pytest.raises(SettingsError, match="line 3"):
        load_settings(tmp_path)


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff = {")
    with pytest.raises(SettingsError):
        load_settings(tmp_path)


def test_promises_by_kind_and_priority() -> None:
    promised = Promised()
    assert promised.of(Kind.ECG, Priority.EMERGENCY).total_seconds() == 600
    assert promised.of(Kind.ECG, Priority.ROUTINE).total_seconds() == 1800
    assert promised.of(Kind.CT, Priority.URGENT).total_seconds() == 1800
