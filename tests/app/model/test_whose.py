"""Whose study it is: what two documents say of their patient, compared."""

from dataclasses import replace
from datetime import date

import pytest

from farlead.model.national_id import Holder, checks, holder
from farlead.model.people import IdentityDoubt, Patient, Sex
from farlead.model.whose import (
    age_contradiction,
    age_misfit,
    at_odds,
    contradiction,
    identity_doubt,
)

TODAY = (date(2026, 11, 22),)
MINE, HERS = "11010519491231002X", "110105196005170026"
ZHANG = Patient(name="张伟", local_number="A1")


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (MINE, Holder(MINE, date(1949, 12, 31), "F")),
        ("110105491231002", Holder(MINE, date(1949, 12, 31), "F")),
        ("110105194912310021", None),  # check digit
        ("010105491231002", None),  # no such region
        ("110105491331002", None),  # no such month
        ("1101************2X", None),
        ("A0001", None),
        ("", None),
        ("１１010519491231002X", None),  # not as it is compared
    ],
)
def test_what_an_identity_number_says(number: str, found: Holder | None) -> None:
    assert holder(number) == found
    assert found is None or checks(found.number)


@pytest.mark.parametrize(
    ("known", "stated", "field"),
    [
        (Patient(local_number=HERS), Patient(national_id=MINE), "national_id"),
        (Patient(local_number="110105600517002"), Patient(national_id=MINE), "national_id"),
        (Patient(local_number=HERS), Patient(local_number="T1", national_id=HERS), None),
        (Patient(local_number="110105600517002"), Patient(national_id=HERS), None),
        (Patient(local_number=HERS), Patient(local_number="T1"), "local_number"),
        (Patient(birth_date=date(1990, 3, 7)), Patient(national_id=MINE), "birth_date"),
        (Patient(birth_date=date(1949, 12, 31)), Patient(national_id=MINE), None),
        (Patient(sex=Sex.MALE), Patient(national_id=MINE), "sex"),
        (Patient(local_number=MINE), Patient(sex=Sex.MALE), "sex"),
        (Patient(health_card="C 1"), Patient(health_card="C2"), "health_card"),
        (Patient(health_card="C 1"), Patient(health_card="c1"), None),
        (Patient(health_card="C 1"), Patient(health_card="不详"), None),
        (Patient(national_id="1101************2X"), Patient(national_id=MINE), None),
        (Patient(national_id="1101************2X"), Patient(national_id=HERS), "national_id"),
        (Patient(health_card="*"), Patient(health_card="12"), None),
        (Patient(local_number="T1", national_id=MINE), Patient(local_number="T1"), None),
    ],
)
def test_contradictions_by_number(known: Patient, stated: Patient, field: str | None) -> None:
    assert contradiction(known, stated) == field


@pytest.mark.parametrize(
    ("file", "stated", "field"),
    [
        (Patient(age_years=80), Patient(age_years=20), "age_years"),
        (Patient(age_years=80), Patient(age_years=82), None),
        (Patient(age_years=80), Patient(birth_date=date(2006, 1, 1)), "birth_date"),
        (Patient(age_years=20), Patient(national_id=MINE), "national_id"),
        (Patient(age_years=77), Patient(national_id=MINE), None),
        (Patient(age_years=0), Patient(age_years=60), None),
        (Patient(age_years=1, birth_date=date(1966, 1, 1)), Patient(age_years=60), None),
        (Patient(age_years=80), Patient(), None),
    ],
)
def test_contradictions_by_age(file: Patient, stated: Patient, field: str | None) -> None:
    assert age_contradiction(file, stated, TODAY) == field


def test_an_old_recording_is_of_a_younger_patient() -> None:
    days = (*TODAY, date(2016, 11, 22))
    assert age_contradiction(Patient(age_years=60), Patient(age_years=70), days) is None
    assert age_contradiction(Patient(age_years=60), Patient(age_years=60), days) is None
    assert age_contradiction(Patient(age_years=60), Patient(age_years=65), days) == "age_years"
    assert age_misfit(Patient(), Patient(age_years=30, national_id=MINE), days)
    assert not age_misfit(Patient(birth_date=date(1956, 1, 1)), Patient(age_years=60), days)


@pytest.mark.parametrize(
    ("patient", "field"),
    [
        (Patient(national_id=MINE, birth_date=date(1990, 1, 1)), "birth_date"),
        (Patient(national_id=MINE, sex=Sex.MALE), "sex"),
        (Patient(national_id=MINE, local_number=HERS), "national_id"),
        (Patient(local_number=MINE, sex=Sex.MALE), "sex"),
        (Patient(national_id=MINE, sex=Sex.FEMALE, birth_date=date(1949, 12, 31)), None),
        (ZHANG, None),
    ],
)
def test_one_document_may_contradict_itself(patient: Patient, field: str | None) -> None:
    assert at_odds(patient) == field


@pytest.mark.parametrize(
    ("file", "stated", "doubt"),
    [
        (Patient(), ZHANG, IdentityDoubt.REQUEST_ALONE),
        (Patient(), Patient(sex=Sex.MALE), None),  # the request names nobody either: told apart
        (Patient(name="Zhang Wei"), ZHANG, IdentityDoubt.OTHER_SCRIPT),
        (Patient(name="Zhang Wei", sex=Sex.MALE), replace(ZHANG, sex=Sex.MALE),
         IdentityDoubt.OTHER_SCRIPT),
        (Patient(name="Zhang Wei", local_number="a1"), ZHANG, None),
        (Patient(local_number="A1"), Patient(name="张伟"), IdentityDoubt.NOT_COMPARED),
        (Patient(sex=Sex.MALE, age_years=50), replace(ZHANG, sex=Sex.MALE), None),
        (Patient(name="张伟"), ZHANG, None),
        (Patient(local_number=MINE, sex=Sex.MALE), ZHANG, IdentityDoubt.AT_ODDS),
    ],
)  # fmt: skip
def test_what_could_not_be_compared(
    file: Patient, stated: Patient, doubt: IdentityDoubt | None
) -> None:
    assert identity_doubt(file, stated, None) is doubt


@pytest.mark.parametrize(
    ("stated", "doubt"),
    [
        (Patient(name="Li Si", local_number="P77"), None),
        (Patient(name="LiSi"), IdentityDoubt.NOT_IN_TEXT),
        (Patient(name="Si, LI"), None),
        (Patient(local_number="P-77"), None),
        (Patient(name="Li Si", local_number="P78"), IdentityDoubt.NOT_IN_TEXT),
        (Patient(name="Wang Wu", local_number="P77"), IdentityDoubt.NOT_IN_TEXT),
        (Patient(name="李四", local_number="P77"), None),
        (Patient(name="李四", national_id=MINE), IdentityDoubt.NOT_IN_TEXT),
        (Patient(name="李四"), IdentityDoubt.REQUEST_ALONE),
        (Patient(), None),
    ],
)
def test_free_text_has_the_name_and_the_number_or_not(
    stated: Patient, doubt: IdentityDoubt | None
) -> None:
    assert identity_doubt(Patient(), stated, "LI SI P77 M") is doubt
    assert identity_doubt(Patient(), Patient(name="李四"), "李四 P77") is None
    assert identity_doubt(Patient(), Patient(name="王五"), "李四 P77") is IdentityDoubt.NOT_IN_TEXT
