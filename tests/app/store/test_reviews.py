"""The second signature: who may give it, its three ends, and what the database refuses."""

# ruff: noqa: S608  # statements made of our own names and numbers
from dataclasses import replace

import pytest

from farlead.errors import ClaimLost, ClaimRefused, SignatureRefused
from farlead.model.lives import ReportState, StudyState
from farlead.model.people import Account, Role
from farlead.model.report import Claim, NoticeKind
from farlead.model.review import Remark
from farlead.model.study import Priority
from farlead.store import Countersigned, Store, review_guards
from farlead.store.guards import guards
from support_places import REFUSALS, Place
from support_store import FakeClock, arrival, draft, reader, sha, signed

UNIT = ["u1"]


@pytest.fixture
def li(store: Store) -> Account:
    return reader(store)


@pytest.fixture
def wang(store: Store) -> Account:
    """A senior reader."""
    return reader(store, "wang", Role.SENIOR_READER)


def first_signed(store: Store, author: Account, name: str = "a", *, urgent: bool = False) -> int:
    """A study whose report waits for its second signature."""
    study = store.add_object(arrival(name, priority=Priority.ROUTINE)).study_id
    claim = store.claim(study, author, "seat")
    store.save_draft(claim, draft())
    store.first_sign(claim, signed(store, author, name), urgent=urgent)
    return study


def second(store: Store, study: int, senior: Account) -> Countersigned:
    first = store.reports(study)[-1].sha256 or ""
    return Countersigned(first, sha(f"both {study}"), 5000, senior)


def reviewing(store: Store, study: int, senior: Account) -> Claim:
    return store.claim(study, senior, "seat 2")


def test_after_the_first_signature_the_study_waits_and_nothing_final_goes_out(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = first_signed(store, li)
    row = store.row(study)
    assert row.study.state is StudyState.WAITING
    assert row.review is not None
    assert (row.review.author, row.review.asked) == (li.id, clock.time)
    assert [v.state for v in store.reports(study)] == [ReportState.FIRST_SIGNED]
    assert store.deliveries(study) == []
    (told,) = store.notices(study)
    assert told.kind is NoticeKind.PRELIMINARY
    assert told.file_sha256 == store.reports(study)[0].sha256
    assert store.check() == []


def test_countersigned_unchanged_is_final_with_both_names(
    store: Store, li: Account, wang: Account, clock: FakeClock
) -> None:
    study = first_signed(store, li)
    clock.advance(minutes=3)
    done = store.countersign(reviewing(store, study, wang), second(store, study, wang), UNIT)
    assert (done.version, done.state, done.author, done.reviewer) == (
        1, ReportState.FINAL, li.id, wang.id,
    )  # fmt: skip
    assert (done.sha256, done.reviewed) == (sha(f"both {study}"), clock.time)
    assert store.row(study).study.state is StudyState.REPORTED
    assert [delivery.report for delivery in store.deliveries(study)] == [done.id]
    assert store.check() == []
    assert store.verify_audit() == []


def test_nobody_reviews_a_report_of_their_own(store: Store, wang: Account) -> None:
    study = first_signed(store, wang)
    claim = reviewing(store, study, wang)
    with pytest.raises(SignatureRefused):
        store.countersign(claim, second(store, study, wang), UNIT)
    with pytest.raises(SignatureRefused):
        store.replace_reviewed(claim, signed(store, wang, "other"), UNIT, "审核修改")
    assert store.reports(study)[0].state is ReportState.FIRST_SIGNED


def test_changed_by_the_second_reader_is_a_new_version_of_theirs(
    store: Store, li: Account, wang: Account
) -> None:
    study = first_signed(store, li)
    claim = reviewing(store, study, wang)
    changed = replace(draft("窦性心动过速"), conclusion="窦速")
    store.save_draft(claim, changed)
    assert store.reviewed_draft(study) == changed
    assert store.reports(study)[0].draft == draft("a")  # the report itself is as it was signed
    ready = replace(signed(store, wang, "new"), draft=changed)
    done = store.replace_reviewed(claim, ready, UNIT, "审核修改")
    first, last = store.reports(study)
    assert (first.state, last.state) == (ReportState.SUPERSEDED, ReportState.FINAL)
    assert (last.id, last.author, last.supersedes, last.reason) == (
        done.id, wang.id, first.id, "审核修改",
    )  # fmt: skip
    assert first.draft != last.draft  # the difference is kept
    assert [delivery.report for delivery in store.deliveries(study)] == [last.id]
    assert store.check() == []


def test_sent_back_goes_to_its_author_with_the_remarks(
    store: Store, li: Account, wang: Account, clock: FakeClock
) -> None:
    study = first_signed(store, li)
    claim = reviewing(store, study, wang)
    with pytest.raises(ClaimRefused):
        store.send_back(claim, wang, [Remark("whole", "  ")])
    store.send_back(claim, wang, [Remark("statement:1A", "不是窦律"), Remark("conclusion", "")])
    (version,) = store.reports(study)
    assert (version.state, version.sha256) == (ReportState.DRAFT, None)
    assert store.remarks(study) == (Remark("statement:1A", "不是窦律", wang.name, clock.time),)
    row = store.row(study)
    assert (row.study.state, row.sent_back_to, row.review) == (StudyState.WAITING, li.id, None)
    again = store.claim(study, li, "seat")
    store.first_sign(again, signed(store, li, "better"), urgent=False)
    assert store.remarks(study) == ()
    done = store.countersign(reviewing(store, study, wang), second(store, study, wang), UNIT)
    assert (done.version, done.state) == (1, ReportState.FINAL)
    assert len(store.notices(study)) == 2
    assert store.check() == []


def test_what_is_under_review_is_not_signed_apart_from_that(
    store: Store, li: Account, wang: Account
) -> None:
    study = first_signed(store, li)
    claim = store.claim(study, wang, "seat 2")
    with pytest.raises(ClaimLost):
        store.finish(claim, signed(store, wang, "apart"), UNIT)
    with pytest.raises(ClaimRefused):
        store.set_checked(claim, "seen")


def test_of_two_second_readers_the_one_who_lost_the_study_changes_nothing(
    store: Store, li: Account, wang: Account
) -> None:
    study = first_signed(store, li)
    zhao = reader(store, "zhao", Role.SENIOR_READER)
    old = reviewing(store, study, wang)
    new = store.take_over(study, zhao, "seat 3", "急")
    for act in (
        lambda: store.countersign(old, second(store, study, wang), UNIT),
        lambda: store.send_back(old, wang, [Remark("whole", "x")]),
        lambda: store.save_draft(old, draft("其他")),
    ):
        with pytest.raises(ClaimLost):
            act()
    assert store.countersign(new, second(store, study, zhao), UNIT).reviewer == zhao.id


def test_a_second_signature_on_another_file_is_refused(
    store: Store, li: Account, wang: Account
) -> None:
    study = first_signed(store, li)
    claim = reviewing(store, study, wang)
    with pytest.raises(ClaimLost):
        store.countersign(claim, Countersigned(sha("x"), sha("y"), 1, wang), UNIT)


def test_given_back_unread_it_waits_as_before(store: Store, li: Account, wang: Account) -> None:
    study = first_signed(store, li)
    claim = reviewing(store, study, wang)
    store.save_draft(claim, draft("改了一半"))
    store.release(claim)
    assert store.row(study).study.state is StudyState.WAITING
    assert store.reviewed_draft(study) == draft("改了一半")


def test_an_urgent_one_that_waits_too_long_stands_on_top(
    store: Store, li: Account, clock: FakeClock
) -> None:
    waiting = store.add_object(arrival("emergency", priority=Priority.EMERGENCY)).study_id
    routine, urgent = first_signed(store, li, "b"), first_signed(store, li, "c", urgent=True)
    assert store.worklist().rows[0].study.id == waiting
    clock.advance(minutes=9, seconds=59)
    assert store.worklist().rows[0].study.id == waiting
    clock.advance(seconds=1)
    assert store.worklist().rows[0].study.id == urgent
    assert routine in {row.study.id for row in store.worklist().rows[1:]}


def test_the_database_refuses(store: Store, li: Account, wang: Account, place: Place) -> None:
    store.countersign(
        reviewing(store, first_signed(store, li, "done"), wang), second(store, 1, wang), UNIT
    )
    first_signed(store, li)
    open_ = "id = (SELECT MAX(id) FROM review)"
    ended = f"reviewer_id = {wang.id}, ended = asked"
    with place.raw() as raw:
        for refusal, sql in {
            "report_countersigned": "UPDATE report SET state = 'final'"
            " WHERE state = 'first_signed'",
            "report_sent_back_because": "UPDATE report SET state = 'draft', pdf_sha256 = NULL,"
            " signed = NULL, signer_id = NULL, content = NULL WHERE state = 'first_signed'",
            "report_replaced_because": "UPDATE report SET state = 'superseded'"
            " WHERE state = 'first_signed'",
            "report_withdrawn_because": "UPDATE report SET state = 'withdrawn'"
            " WHERE state = 'final'",
            "review_kept": "DELETE FROM review",
            "review_ended": "UPDATE review SET remarks = '[2]' WHERE outcome IS NOT NULL",
            "review_of_its_report": f"UPDATE review SET pdf_sha256 = 'x' WHERE {open_}",
            "review_of_signed": "INSERT INTO review (report_id, study_id, asked, pdf_sha256)"
            " VALUES (1, 1, '2026-11-22', 'x')",
            "review_by_another": f"UPDATE review SET outcome = 'countersigned',"
            f" reviewer_id = {li.id}, ended = asked, result_sha256 = 'x' WHERE {open_}",
            "countersigned_file": f"UPDATE review SET outcome = 'countersigned', {ended}"
            f" WHERE {open_}",
            "ck_review_sent_back_because": f"UPDATE review SET outcome = 'sent_back', {ended}"
            f" WHERE {open_}",
            "ended_whole": f"UPDATE review SET outcome = 'replaced' WHERE {open_}",
            "notice_true": "INSERT INTO notice (study_id, kind, report_id, asked)"
            " SELECT study_id, 'withdrawn', id, saved FROM report WHERE state = 'final'",
            "review_not_ahead_insert": "INSERT INTO review (report_id, study_id, asked,"
            " pdf_sha256, fencing) SELECT report_id, study_id, asked, pdf_sha256, 99 FROM review"
            f" WHERE {open_}",
            "review_not_ahead_update": f"UPDATE review SET fencing = 99 WHERE {open_}",
            "notice_said": "UPDATE notice SET kind = 'withdrawn'",
            "notice_kept": "DELETE FROM notice",
            "review.study_id|ix_review_one_open": "INSERT INTO review (report_id, study_id, asked,"
            " pdf_sha256) SELECT report_id, study_id, asked, pdf_sha256 FROM review"
            f" WHERE {open_}",
        }.items():
            with pytest.raises(REFUSALS, match=refusal):
                raw.execute(sql)
        raw.execute("UPDATE study SET fencing = fencing + 1")
        raw.execute(
            "UPDATE review SET draft = '{}', fencing = (SELECT fencing FROM study"
            f" WHERE study.id = study_id) WHERE {open_}"
        )
        with pytest.raises(REFUSALS, match="review_outdated_hand"):
            raw.execute(f"UPDATE review SET draft = '{{}}', fencing = fencing - 1 WHERE {open_}")


def test_every_guard_of_the_reviews_is_named_in_these_tests() -> None:
    tables = {*review_guards.KEPT, *review_guards.FIXED}
    named = {guard.name for guard in guards() if guard.table in tables}
    reports = {name for name, _, table, _ in review_guards.review_guards() if table == "report"}
    elsewhere = {"report_withdrawal_kept", "report_withdrawal_fixed"}  # test_amendments.py
    assert (named | reports) - elsewhere == {
        "report_countersigned", "report_sent_back_because", "report_replaced_because",
        "report_withdrawn_because", "review_kept", "review_ended", "review_of_its_report",
        "review_of_signed", "review_by_another", "review_outdated_hand",
        "notice_said", "notice_kept", "notice_true", "review_not_ahead_insert",
        "review_not_ahead_update",
    }  # fmt: skip
