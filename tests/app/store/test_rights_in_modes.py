"""Shifts, critical values, clocks and the wall with the rights that persons have in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from farlead.access.accounts import Session
from farlead.desk import FiguresDesk
from farlead.errors import PermissionDenied
from farlead.model.chestpain import Moment
from farlead.model.critical import CallMade, Way, declared
from farlead.model.lives import CaseState, StudyState
from farlead.model.people import Role
from farlead.model.study import Severity
from farlead.settings import Promised
from farlead.store import Store
from support_places import POSTGRES, Place
from support_store import MORNING, arrival, draft, reader, screening, sha, signed

PASSWORD = "guan-xin-7"
PEOPLE = {"li": Role.READER, "wang": Role.READER, "boss": Role.MANAGER}


@pytest.fixture(scope="module")
def hub(nowhere: Callable[[str], Place]) -> Place:
    made = nowhere(POSTGRES)
    with made.open() as store:
        for name, role in PEOPLE.items():
            reader(store, _login(made, name), role)
            store.set_password(_login(made, name), PASSWORD, "", "admin")
    return made


def _login(hub: Place, name: str) -> str:
    return f"{name}_{str(hub.where).rpartition('/')[2]}"


def _store(hub: Place, name: str, folder: Path) -> Store:
    assert hub.server is not None
    database = str(hub.where).rpartition("/")[2]
    address = hub.server.address(database, _login(hub, name), PASSWORD)
    return Store.open(address, keys=folder / name)


def _arrived(hub: Place, name: str, rank: Severity = Severity.NORMAL) -> int:
    with hub.open() as service:
        study = service.add_object(arrival(name)).study_id
        service.save_screening(study, screening(rank))
        return study


def test_a_shift_passes_drafts_and_checked_studies_on(hub: Place, tmp_path: Path) -> None:
    begun, checked, mended = (_arrived(hub, name) for name in ("begun", "checked", "mended"))
    with _store(hub, "li", tmp_path) as at_li, _store(hub, "wang", tmp_path) as at_wang:
        li = at_li.account(_login(hub, "li"))
        wang = at_wang.account(_login(hub, "wang"))
        claim = at_li.claim(begun, li, "seat 1")
        at_li.save_draft(claim, draft("写了一半"))
        at_li.release(claim)
        claim = at_li.claim(checked, li, "seat 1")
        at_li.save_draft(claim, draft())
        at_li.set_checked(claim, sha("seen"))
        claim = at_li.claim(mended, li, "seat 1")
        report = at_li.finish(claim, signed(at_li, li), ["u1"])
        claim = at_li.amend(report.id, li, "seat 1", "笔误")
        at_li.save_draft(claim, draft("更正"))
        at_li.release(claim)
        given = at_li.hand_over(li, "seat 1", "")
        taken = at_wang.take_shift(given.id, wang, "seat 2")
        assert taken.taker_name == wang.name
        for study in (begun, mended):
            written = at_wang.draft(study)
            assert written is not None
            assert written.author == wang.id
        claim = at_wang.claim(checked, wang, "seat 2")
        at_wang.finish(claim, replace(signed(at_wang, wang), draft=draft()), ["u1"])
        assert at_wang.study(checked).state is StudyState.REPORTED
        assert at_wang.study(mended).state is StudyState.REPORTED


def test_nobody_takes_anothers_draft_without_a_shift(hub: Place, tmp_path: Path) -> None:
    study = _arrived(hub, "own")
    with _store(hub, "li", tmp_path) as at_li, _store(hub, "wang", tmp_path) as at_wang:
        li = at_li.account(_login(hub, "li"))
        claim = at_li.claim(study, li, "seat 1")
        at_li.save_draft(claim, draft("李写的"))
        at_li.release(claim)
        wang = at_wang.account(_login(hub, "wang"))
        taken = f"UPDATE report SET author_id = {wang.id} WHERE study_id = {study}"  # noqa: S608
        with pytest.raises(PermissionDenied), at_wang._write() as connection:
            connection.exec_driver_sql(taken)


def test_a_case_from_its_suspicion_to_its_end(hub: Place, tmp_path: Path) -> None:
    study = _arrived(hub, "critical", Severity.CRITICAL)
    with _store(hub, "li", tmp_path) as at_li, _store(hub, "wang", tmp_path) as at_wang:
        li = at_li.account(_login(hub, "li"))
        wang = at_wang.account(_login(hub, "wang"))
        at_li.note_open(study, li, "seat 1")
        (case,) = [each for each in at_li.running_cases() if each.study == study]
        assert case.seen_by == li.name
        at_li.confirm_case(case.id, li)
        made = CallMade(Way.TELEPHONE, "1", "丁", reached=True, read_back=True)
        at_wang.record_call(case.id, wang, "seat 2", made)
        at_wang.escalate("seat 2", wang)
        ended = at_wang.close_case(case.id, wang, CaseState.TOLD, station="seat 2")
        assert (ended.closed_by, ended.state) == (wang.name, CaseState.TOLD)
        own = at_li.declare_case(study, li, declared("气胸"))
        at_li.close_case(own.id, li, CaseState.NOT_CRITICAL, reason="误报")


def test_a_time_that_is_missing_is_entered(hub: Place, tmp_path: Path) -> None:
    study = _arrived(hub, "pain")
    with _store(hub, "li", tmp_path) as at_li:
        li = at_li.account(_login(hub, "li"))
        at = at_li.chest_pain(study).stamps[Moment.ARRIVED].at - timedelta(minutes=9)
        assert at_li.enter_time(study, Moment.CONTACT, at, li).stamps[Moment.CONTACT].at == at


def test_the_walls_account_reads_the_figures_and_writes_nothing(hub: Place, tmp_path: Path) -> None:
    study = _arrived(hub, "seen on the wall")
    with _store(hub, "boss", tmp_path) as at_wall:
        boss = at_wall.account(_login(hub, "boss"))
        figures = FiguresDesk(at_wall, Session(boss, "wall", at_wall.now()), Promised())
        assert sum(each.count for each in figures.wall().waiting) >= 1
        for act in (
            lambda: at_wall.claim(study, boss, "wall"),
            lambda: at_wall.declare_case(study, boss, declared("x")),
            lambda: at_wall.hand_over(boss, "wall", ""),
            lambda: at_wall.enter_time(study, Moment.CONTACT, MORNING, boss),
        ):
            with pytest.raises(PermissionDenied):
                act()
        assert at_wall.study(study).state is StudyState.WAITING
