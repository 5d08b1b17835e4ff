"""Who a patient is: numbers decide, equal names do not, contradictions are flagged."""

import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from farlead.errors import StoreError
from farlead.model.people import Patient, Sex
from farlead.model.study import Study
from farlead.store import Store
from farlead.store.identity import mask
from farlead.store.schema import metadata
from support_places import Place
from support_store import FakeClock, arrival

ZHANG = Patient(
    name="张伟",
    local_number="A001",
    national_id="110101199003078515",
    sex=Sex.MALE,
    birth_date=date(1990, 3, 7),
)


class Arrivals:
    """Adds studies of stated patients, each a new one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._count = 0

    def __call__(self, patient: Patient, unit: str = "u1") -> Study:
        self._count += 1
        stored = self._store.add_object(arrival(f"p{self._count}", unit=unit, patient=patient))
        return self._store.study(stored.study_id)


@pytest.fixture
def arrive(store: Store) -> Arrivals:
    return Arrivals(store)


def test_the_same_national_id_is_the_same_patient_from_any_unit(arrive: Arrivals) -> None:
    one = arrive(ZHANG)
    two = arrive(replace(ZHANG, local_number="Z9", national_id=" １１０１０１19900307851５"), "u2")
    assert one.patient_id == two.patient_id
    assert not two.identity_conflict


def test_numbers_are_learned_and_join_later_documents(arrive: Arrivals) -> None:
    one = arrive(replace(ZHANG, national_id=None))
    two = arrive(replace(ZHANG, health_card="6501234567"))
    three = arrive(Patient(health_card="6501234567"), "u3")
    assert one.patient_id == two.patient_id == three.patient_id


def test_a_local_number_means_nothing_in_another_unit(arrive: Arrivals) -> None:
    local = Patient(name="张伟", local_number="A001")
    assert arrive(local, "u1").patient_id != arrive(local, "u2").patient_id
    assert arrive(local, "u1").patient_id == arrive(local, "u1").patient_id


@pytest.mark.parametrize("number", ["", "无", "unknown", "000000", "--", "N/A"])
def test_placeholders_identify_nobody(arrive: Arrivals, number: str) -> None:
    nobody = Patient(name="无名氏", local_number=number, national_id=number)
    assert arrive(nobody).patient_id != arrive(nobody).patient_id


def test_equal_name_sex_and_birth_date_is_only_possibly_the_same(arrive: Arrivals) -> None:
    one = arrive(ZHANG)
    two = arrive(replace(ZHANG, national_id=None, local_number="B7"), "u2")
    assert one.patient_id != two.patient_id
    assert two.possibly_same
    other = arrive(replace(ZHANG, national_id=None, local_number="C1", sex=Sex.FEMALE), "u2")
    assert not other.possibly_same


def test_contradicting_numbers_are_not_guessed_about(store: Store, arrive: Arrivals) -> None:
    a = arrive(ZHANG)
    b = arrive(Patient(name="李娜", local_number="B001", national_id="220202198005054321"))
    mixed = arrive(replace(ZHANG, local_number="B001"))
    assert mixed.patient_id == a.patient_id
    assert mixed.identity_conflict
    # the weaker number was not moved
    assert arrive(Patient(local_number="B001")).patient_id == b.patient_id
    assert any(e.action == "patient.conflict" for e in store.trail(f"study:{mixed.id}"))


def test_a_new_strong_number_on_anothers_weak_one_is_a_new_patient(arrive: Arrivals) -> None:
    a = arrive(ZHANG)
    stranger = arrive(Patient(name="王芳", local_number="A001", national_id="330303197007071234"))
    assert stranger.patient_id != a.patient_id
    assert stranger.identity_conflict
    assert arrive(Patient(local_number="A001")).patient_id == a.patient_id


def test_another_birth_date_under_a_known_number_is_flagged(arrive: Arrivals) -> None:
    one = arrive(replace(ZHANG, national_id=None))
    two = arrive(replace(ZHANG, national_id=None, birth_date=date(1950, 1, 1)))
    assert two.patient_id == one.patient_id
    assert two.identity_conflict
    # a strong number is not given to somebody who is doubtful
    three = arrive(replace(ZHANG, birth_date=date(1950, 1, 1)))
    assert three.patient_id != one.patient_id
    assert three.identity_conflict


def test_an_object_of_somebody_else_in_the_same_study_is_flagged(store: Store) -> None:
    wang = Patient(name="王芳", local_number="W1", sex=Sex.FEMALE)
    store.add_object(arrival("x", study="other", patient=wang))
    study = store.add_object(arrival("a", study="s", patient=ZHANG)).study_id
    assert not store.study(study).identity_conflict
    store.add_object(arrival("b", study="s", patient=wang))
    assert store.study(study).identity_conflict


def test_earlier_studies_are_those_of_the_same_patient_only(
    store: Store, arrive: Arrivals, clock: FakeClock
) -> None:
    one = arrive(ZHANG)
    clock.advance(days=1)
    two = arrive(replace(ZHANG, local_number=None), "u2")
    arrive(replace(ZHANG, national_id=None, local_number="B7"), "u2")
    clock.advance(days=1)
    three = arrive(ZHANG)
    assert [study.id for study in store.earlier(three.id)] == [two.id, one.id]
    assert store.earlier(one.id) == []


def test_numbers_are_kept_hashed_and_shown_masked(
    store: Store, arrive: Arrivals, place: Place, tmp_path: Path
) -> None:
    study = arrive(ZHANG)
    assert study.patient.national_id == "1101************15"
    assert study.patient.local_number == "A001"
    store.close()
    for file in tmp_path.glob("farlead.db*"):
        assert b"110101199003078515" not in file.read_bytes()
    with place.raw() as raw:
        for table in metadata.tables:
            rows = raw.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - tables of ours
            assert "110101199003078515" not in str(rows)


@pytest.mark.parametrize(
    ("number", "shown"),
    [("110101199003078515", "1101************15"), ("1234567", "*****67"), ("12", "*"), ("1", "*")],
)
def test_masks(number: str, shown: str) -> None:
    assert mask(number) == shown


def test_key_and_database_are_private_and_belong_together(
    store: Store, place: Place, tmp_path: Path
) -> None:
    key = tmp_path / "keys" / "identity.key"
    for file in (key, *tmp_path.glob("farlead.db*")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    store.close()
    key.write_bytes(b"x" * 32)
    with pytest.raises(StoreError, match=r"identity\.key"):
        place.open()


def test_hashes_need_the_key(nowhere: Callable[[str], Place], kind: str) -> None:
    hashes = set()
    for _ in range(2):
        place = nowhere(kind)
        with place.open() as store:
            store.add_object(arrival("a", patient=ZHANG))
        with place.raw() as raw:
            hashes.add(
                raw.execute(
                    "SELECT hash FROM patient_identifier WHERE kind = 'national_id'"
                ).fetchone()
            )
    assert len(hashes) == 2
