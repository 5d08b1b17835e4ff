"""Searching at the desk: the words that readers type, rights, and what the trail says of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from farlead.access.accounts import Session
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.errors import PermissionDenied, SearchRefused
from farlead.messages import message
from farlead.model.people import Patient, Role
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.search import SearchQuery
from farlead.model.study import Severity
from farlead.reporting.compositor import compositor
from farlead.store import Store
from support_house import READER, House, house_settings, open_house
from support_store import arrival, sha


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, house_settings(tmp_path)) as made:
        yield made


@pytest.fixture
def store(house: House) -> Store:
    return house.services.store


@pytest.fixture
def seat(house: House, store: Store) -> Iterator[Callable[[Role], Desk]]:
    """A desk for somebody of this role."""
    desks: list[Desk] = []

    def sit(role: Role = Role.READER) -> Desk:
        account = (
            store.account(READER.login)
            if role is Role.READER
            else store.add_account(f"{role}", "某人", role, certificate=sha(role))
        )
        services = house.services
        desk = Desk(
            house.settings, store, services.objects, services.sandbox,
            Session(account, "seat 1", store.now()), KeyRing(house.settings.keys, account),
            compositor(),
        )  # fmt: skip
        desks.append(desk)
        return desk

    yield sit
    for desk in desks:
        desk.close()


def _suspected(store: Store, name: str, statement: str) -> int:
    study = store.add_object(arrival(name, patient=Patient(name="王小明"))).study_id
    flag = Flag(
        "af", Severity.REMARK, message("worklist.reason.urgent"), "af/1", statement=statement
    )
    store.save_screening(study, Screening("1", Severity.REMARK, True, Quality.FIT, (), (flag,), ()))
    return study


@pytest.mark.parametrize("typed", ["房颤", "心房颤动", "fc", "atrial fib"])
def test_a_finding_is_typed_as_in_a_report(
    seat: Callable[..., Desk], store: Store, typed: str
) -> None:
    desk = seat()
    code = desk.statements("心房颤动")[0].code
    study, _other = _suspected(store, "a", code), _suspected(store, "b", "no.such")
    page = desk.search(SearchQuery(finding=typed))
    assert [row.study.id for row in page.rows] == [study]
    assert code in page.findings
    assert desk.search(SearchQuery(finding=code)).findings == (code,)
    assert desk.search(SearchQuery(finding="此语句不存在于目录")).rows == ()


def test_the_trail_says_by_what_was_searched_and_never_for_whom(
    seat: Callable[..., Desk], store: Store
) -> None:
    _suspected(store, "a", "x")
    found = seat().search(SearchQuery(patient="王小明", unit="u1"))
    assert len(found.rows) == 1
    entry = store.trail(f"account:{READER.login}")[-1]
    assert (entry.action, entry.detail["by"], entry.detail["found"]) == (
        "study.searched", "patient,unit", 1,
    )  # fmt: skip
    assert "王" not in str(entry.detail)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_who_may_not_open_studies_may_not_search_them(
    seat: Callable[..., Desk], role: Role
) -> None:
    with pytest.raises(PermissionDenied):
        seat(role).search(SearchQuery(patient="王"))


def test_times_that_contradict_each_other_are_told(seat: Callable[..., Desk], store: Store) -> None:
    now = store.now()
    with pytest.raises(SearchRefused):
        seat().search(SearchQuery(begin=now, end=now - timedelta(hours=1)))
