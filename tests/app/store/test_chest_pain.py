"""The chest pain clock: from the data that exist; missing times are entered with a name."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from farlead.desk.sheets import csv_text
from farlead.errors import CaseError, NotFound
from farlead.messages import Language
from farlead.model.chestpain import INTERVALS, Moment, Origin, kept, lines_of
from farlead.model.critical import CallMade, Way, declared
from farlead.model.study import Request
from farlead.store import Store
from support_places import REFUSALS, Place
from support_store import MORNING, FakeClock, arrival, draft, reader, signed


def _study(store: Store, name: str = "a", request: Request | None = None) -> int:
    asked = request or Request(symptom_onset=MORNING - timedelta(hours=1))
    return store.add_object(replace(arrival(name), request=asked)).study_id


def test_every_moment_from_where_it_is_known(store: Store, clock: FakeClock) -> None:
    li, study = reader(store), _study(store)
    clock.advance(minutes=1)
    store.note_open(study, li, "seat")
    clock.advance(minutes=3)
    store.note_open(study, reader(store, "zhao"), "seat 2")  # the first one counts
    claim = store.claim(study, li, "seat")
    store.save_draft(claim, draft())
    store.finish(claim, signed(store, li), ["u1"])
    case = store.declare_case(study, li, declared("STEMI"))
    clock.advance(minutes=2)
    store.record_call(case.id, li, "seat", CallMade(Way.TELEPHONE, "1", "丁", True, True))
    store.enter_time(study, Moment.CONTACT, MORNING - timedelta(minutes=20), li)
    found = store.chest_pain(study)
    assert [(m, s.origin) for m, s in found.stamps.items()] == [
        (Moment.SYMPTOM, Origin.REQUEST), (Moment.CONTACT, Origin.ENTERED),
        (Moment.ECG, Origin.RECORDING), (Moment.ARRIVED, Origin.HUB), (Moment.OPENED, Origin.HUB),
        (Moment.SIGNED, Origin.HUB), (Moment.TOLD, Origin.HUB),
    ]  # fmt: skip
    passed = {i.name: (found.passed(i), kept(i, found.passed(i))) for i in INTERVALS}
    assert passed["contact_ecg"] == (timedelta(minutes=15), False)
    assert passed["arrived_opened"] == (timedelta(minutes=1), None)
    assert passed["contact_signed"] == (timedelta(minutes=24), False)
    entered = found.stamps[Moment.CONTACT]
    assert (entered.by, entered.entered) == (li.name, clock.time)
    assert "chestpain.entered" in [e.action for e in store.trail(f"study:{study}")]


def test_what_nobody_knows_is_missing_and_no_interval_is_made_of_it(store: Store) -> None:
    found = store.chest_pain(_study(store, request=Request(clinical_question="胸痛")))
    assert found.missing == (Moment.SYMPTOM, Moment.CONTACT)
    assert Moment.SIGNED not in found.stamps
    told = {i.name for i in INTERVALS if found.passed(i) is not None}
    assert told == {"ecg_arrived"}
    with pytest.raises(NotFound):
        store.chest_pain(99)


def test_known_moments_and_stamps_of_the_hub_are_not_written_over(
    store: Store, clock: FakeClock
) -> None:
    li, study = reader(store), _study(store)
    for moment, at in (
        (Moment.SYMPTOM, MORNING),
        (Moment.ECG, MORNING),
        (Moment.SIGNED, MORNING),
        (Moment.OPENED, MORNING),
        (Moment.CONTACT, MORNING + timedelta(minutes=1)),
    ):
        with pytest.raises(CaseError):
            store.enter_time(study, moment, at, li)
    store.enter_time(study, Moment.CONTACT, MORNING - timedelta(minutes=9), li)
    clock.advance(minutes=1)
    store.enter_time(study, Moment.CONTACT, MORNING - timedelta(minutes=8), li)  # put right
    found = store.chest_pain(study).stamps[Moment.CONTACT]
    assert found.at == MORNING - timedelta(minutes=8)
    *_, first, second = (e for e in store.trail(f"study:{study}") if e.action.startswith("chest"))
    wrong, right = (MORNING - timedelta(minutes=ago) for ago in (9, 8))
    assert first.detail["at"] == second.detail["before"] == wrong.isoformat()
    assert second.detail["at"] == right.isoformat()
    assert "before" not in first.detail


def test_an_order_that_cannot_be_is_refused_with_the_time_it_contradicts(store: Store) -> None:
    li, study = reader(store), _study(store, request=Request(clinical_question="胸痛"))
    later = store.add_object(replace(arrival("later"), acquired=None)).study_id
    store.enter_time(study, Moment.CONTACT, MORNING - timedelta(minutes=9), li)
    for entered, moment, ago, told in (
        (study, Moment.SYMPTOM, 8, "chestpain.after"),  # than the first contact
        (later, Moment.ECG, -1, "chestpain.future"),
    ):
        with pytest.raises(CaseError) as refused:
            store.enter_time(entered, moment, MORNING - timedelta(minutes=ago), li)
        assert refused.value.reason.id == told
    store.enter_time(study, Moment.SYMPTOM, MORNING - timedelta(minutes=60), li)
    with pytest.raises(CaseError) as refused:
        store.enter_time(study, Moment.CONTACT, MORNING - timedelta(minutes=61), li)
    assert refused.value.reason.id == "chestpain.before"
    assert "发病" in refused.value.text(Language.ZH)


def test_nothing_that_was_before_the_ecg_is_entered_after_it_has_arrived(
    store: Store, clock: FakeClock
) -> None:
    li, study = reader(store), _study(store, request=Request(clinical_question="胸痛"))
    clock.advance(minutes=30)
    for moment in (Moment.SYMPTOM, Moment.CONTACT):
        with pytest.raises(CaseError) as refused:
            store.enter_time(study, moment, MORNING + timedelta(minutes=10), li)
        assert refused.value.reason.id == "chestpain.after"


def test_the_table_has_those_about_chest_pain_and_says_what_was_entered(
    store: Store, clock: FakeClock
) -> None:
    li = reader(store)
    _study(store, "a")
    _study(store, "b", Request(clinical_question="胸闷 2 小时"))
    other = _study(store, "c", Request(clinical_question="体检"))
    _study(store, "d", Request(clinical_question="体检"))
    store.enter_time(other, Moment.CONTACT, MORNING - timedelta(minutes=3), li)
    begin, end = MORNING - timedelta(days=1), MORNING + timedelta(days=1)
    rows = list(csv.DictReader(io.StringIO(csv_text(lines_of(store.chest_pains(begin, end))))))
    assert len(rows) == 3
    assert [row["contact_by"] for row in rows] == ["", "", li.name]
    assert [row["contact_origin"] for row in rows] == ["", "", "entered"]
    assert [row["ecg_arrived_min"] for row in rows] == ["5.0"] * 3
    assert rows[0]["contact_ecg_min"] == ""
    assert store.chest_pains(end, end + timedelta(days=1)) == []


def test_a_clock_that_was_wrong_is_shown_and_keeps_no_limit(store: Store) -> None:
    li, study = reader(store), _study(store)
    store.enter_time(study, Moment.CONTACT, MORNING - timedelta(minutes=2), li)
    found = store.chest_pain(study)
    interval = next(i for i in INTERVALS if i.name == "contact_ecg")
    assert found.passed(interval) == timedelta(minutes=-3)
    assert kept(interval, found.passed(interval)) is None


def test_the_database_keeps_what_was_entered(store: Store, place: Place) -> None:
    li, study = reader(store), _study(store)
    store.enter_time(study, Moment.CONTACT, MORNING - timedelta(minutes=2), li)
    store.note_open(study, li, "seat")
    again = (
        "INSERT INTO study_time (study_id, moment, at, account_id, entered)"
        " VALUES (1, 'opened', '2026-11-22', 1, '2026-11-22')"
    )
    with place.raw() as raw:
        for refusal, sql in {
            "study_time_kept": "DELETE FROM study_time",
            "study_time_fixed": "UPDATE study_time SET at = '2026-01-01'",
            "study_time.study_id|ix_study_time_opened_once": again,
            "ck_study_time_has_been|has_been": again.replace("opened", "ecg").replace(
                "'2026-11-22', 1", "'2026-11-23', 1"
            ),
        }.items():
            with pytest.raises(REFUSALS, match=refusal):
                raw.execute(sql)


def test_a_time_without_zone_is_none(store: Store) -> None:
    li, study = reader(store), _study(store)
    with pytest.raises((TypeError, ValueError)):
        store.enter_time(study, Moment.CONTACT, datetime(2026, 11, 22), li)  # noqa: DTZ001 - on purpose
