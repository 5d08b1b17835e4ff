"""The QTc that is shown, printed and signed is that of the settings, and says so."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.model.screening import Measurement, QtFormula, Quality, Screening
from farlead.model.study import Severity
from farlead.reporting.compositor import compositor
from farlead.settings import load_settings, save_settings
from support_house import PIN, READER, House, house_settings, open_house
from support_store import draft

#: By Fridericia first: what a store holds that was screened before the settings were changed.
_BY = {QtFormula.FRIDERICIA: 438.0, QtFormula.BAZETT: 455.0, QtFormula.HODGES: 441.0}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as made:
        yield made


def _study(house: House) -> int:
    house.drop("a.dcm", dicom_bytes(recording(local_number="a")))
    house.take_in()
    (row,) = house.rows()
    each = [Measurement(f"qtc_{f}", ms, "ms", "m", formula=f) for f, ms in _BY.items()]
    shown = Measurement("qtc", 438.0, "ms", "m", formula=QtFormula.FRIDERICIA)
    made = Screening("1", Severity.NORMAL, True, Quality.FIT, (shown, *each))
    house.services.store.save_screening(row.study.id, made)
    return row.study.id


def _desk(house: House, formula: QtFormula) -> Desk:
    store = house.services.store
    account = store.account(READER.login)
    settings = house.settings.model_copy(update={"qt_formula": formula})
    return Desk(
        settings, store, house.services.objects, house.services.sandbox,
        Session(account, "seat", store.now()), KeyRing(key_file(settings, READER.login), account),
        compositor(),
    )  # fmt: skip


def test_a_change_of_the_settings_changes_figure_and_letters_alike(house: House) -> None:
    study = _study(house)
    for formula, value in _BY.items():
        desk = _desk(house, formula)
        found = desk.open(study).row.screening
        assert found is not None
        shown = found.measurement("qtc")
        assert shown is not None
        assert (shown.value, shown.formula) == (value, formula)
        desk.close()
    desk = _desk(house, QtFormula.BAZETT)
    desk.open_key(PIN)
    claim = desk.claim(study)
    desk.open(study)
    version = desk.sign(claim, draft())
    signed = json.loads(house.services.store.report_content(version.id))
    (headline,) = [m for m in signed["screening"]["measurements"] if m["name"] == "qtc"]
    assert (headline["value"], headline["formula"]) == (455.0, "bazett")
    desk.close()


def test_the_standard_is_fridericia_and_another_is_kept(tmp_path: Path) -> None:
    settings = house_settings(tmp_path)
    assert settings.qt_formula is QtFormula.FRIDERICIA
    other = settings.model_copy(update={"qt_formula": QtFormula.HODGES})
    save_settings(other)
    assert load_settings(tmp_path).qt_formula is QtFormula.HODGES
