"""Rights in PostgreSQL, met with psql: the person's own client finds the same limits."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from farlead.errors import ClaimLost, PermissionDenied, SignInRefused, StoreUnreachable
from farlead.messages import message
from farlead.model.archived import Archived, ArchiveTrouble
from farlead.model.lives import ReportState, StudyState
from farlead.model.order import Control, Order
from farlead.model.people import Patient, Role
from farlead.model.review import Remark
from farlead.model.study import Priority, Request
from farlead.services import asks_who, open_desk
from farlead.settings import Settings, UnitSettings, utc_now
from farlead.store import Countersigned, Merge, Store
from farlead.store.guards import KEPT
from support_places import POSTGRES, Place
from support_store import MORNING, arrival, draft, reader, report_one, sha, signed

PASSWORD = "guan-xin-7"


@dataclass
class Hub:
    """A hub with a reported, a claimed and a waiting study, and people with passwords."""

    place: Place

    def address(self, login: str) -> str:
        server = self.place.server
        assert server is not None
        database = str(self.place.where).rpartition("/")[2]
        return server.address(database, self.login(login), PASSWORD)

    def login(self, name: str) -> str:
        """Roles belong to the whole server, so each hub has its own names."""
        return f"{name}_{str(self.place.where).rpartition('/')[2]}"

    def psql(self, login: str, sql: str) -> tuple[int, str]:
        """What psql says to one statement."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.address(login)],
            input=sql.format(wang=self.login("wang"), li=self.login("li"), **WORDS),
            capture_output=True,
            check=False,
            text=True,
            env={**os.environ, "PGCLIENTENCODING": "UTF8"},
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    def open(self, login: str, folder: Path) -> Store:
        """The store as this person's station opens it."""
        return Store.open(self.address(login), keys=folder)


PEOPLE = {
    "li": Role.READER,
    "wang": Role.READER,
    "tech": Role.TECHNICIAN,
    "boss": Role.MANAGER,
    "sys": Role.SYSTEM_ADMINISTRATOR,
    "sec": Role.SECURITY_ADMINISTRATOR,
    "aud": Role.AUDITOR,
    "sen": Role.SENIOR_READER,
}


@pytest.fixture(scope="module")
def hub(nowhere: Callable[[str], Place]) -> Hub:
    made = Hub(nowhere(POSTGRES))
    with made.place.open() as store:
        for name, role in PEOPLE.items():
            login = made.login(name)
            reader(store, login, role)
            store.set_password(login, PASSWORD, "", "admin")
        wang = store.account(made.login("wang"))
        report_one(store, "a", store.account(made.login("li")))
        report_one(store, "of wang", wang)
        store.save_personal(wang, {"language": "zh"})
        held = store.claim(store.add_object(arrival("b")).study_id, wang, "seat")
        store.save_draft(held, draft())
        store.add_object(arrival("c"))
        order = Order("u1", "P1", None, Patient(name="张伟"), Request(accession="A1"))
        store.take_orders("his", [(Control.NEW, order)])
    return made


#: What a reader does first: claims the study that waits, and begins its report.
CLAIMED = (
    "UPDATE study SET fencing = fencing + 1 WHERE state = 'waiting';"
    " INSERT INTO claim SELECT s.id, farlead_me(), 'seat', s.fencing, now(),"
    " now() + interval '2 minutes' FROM study s WHERE s.state = 'waiting';"
    " UPDATE study SET state = 'claimed' WHERE state = 'waiting';"
    " INSERT INTO report (study_id, version, state, author_id, draft, fencing, saved)"
    " SELECT study_id, 1, 'draft', account_id, '{}', fencing, now() FROM claim"
    " WHERE account_id = farlead_me();"
)
_SIGNED = (
    "UPDATE report SET state = 'first_signed', signer_id = author_id, pdf_sha256 = 'x',"
    " pdf_size = 1, content = '{}', signed = WHEN WHERE state = 'draft'"
    " AND author_id = farlead_me();"
)
WORDS = {
    "claimed": CLAIMED,
    "signed": _SIGNED.replace("WHEN", "now()"),
    "signed_early": _SIGNED.replace("WHEN", "'2020-01-01'"),
    "signed_late": _SIGNED.replace("WHEN", "now() + interval '1 hour'"),
}

REFUSED = [
    # a signed report, and that it reaches its unit
    "UPDATE report SET state = 'superseded' WHERE state = 'final'",
    "{claimed} UPDATE report SET state = 'superseded' WHERE state = 'final'",
    "INSERT INTO report_withdrawal SELECT id, farlead_me(), now(), 'x' FROM report"
    " WHERE state = 'final'",
    "INSERT INTO notice (study_id, kind, report_id, account_id, asked)"
    " SELECT study_id, 'withdrawn', id, farlead_me(), now() FROM report WHERE state = 'final'",
    "UPDATE delivery SET state = 'dropped', changed = now()",
    "UPDATE delivery SET state = 'parked', changed = now()",
    "UPDATE delivery SET next_try = '2100-01-01'",
    "INSERT INTO delivery_event (delivery_id, at, state) SELECT id, now(), 'confirmed'"
    " FROM delivery",
    "{claimed} INSERT INTO delivery (report_id, study_id, destination, identifier, state, created,"
    " changed) SELECT id, study_id, 'u1', 'y', 'due', now(), now() FROM report"
    " WHERE state = 'draft'",
    # the clock
    "{claimed} {signed_early}",
    "{claimed} {signed_late}",
    "{claimed} UPDATE claim SET until = now() + interval '2 hours' WHERE account_id = farlead_me()",
    # a study gone from the list without a report
    "{claimed} UPDATE study SET state = 'reported' WHERE id IN"
    " (SELECT study_id FROM claim WHERE account_id = farlead_me())",
    "{claimed} UPDATE study SET state = 'retake_requested' WHERE id IN"
    " (SELECT study_id FROM claim WHERE account_id = farlead_me())",
    "UPDATE study SET state = 'withdrawn', reason = 'x' WHERE state = 'waiting'",
    "UPDATE study SET state = 'retake_requested', reason = 'x' WHERE state = 'waiting'",
    # numbers that would shut everybody out
    "UPDATE study SET fencing = 2147483647 WHERE state = 'waiting'",
    "{claimed} UPDATE report SET fencing = 2147483647 WHERE author_id = farlead_me()"
    " AND state = 'draft'",
    "INSERT INTO report (study_id, version, state, author_id, draft, fencing, saved)"
    " SELECT id, 1, 'draft', farlead_me(), '{{}}', fencing, now() FROM study"
    " WHERE state = 'waiting'",  # without having claimed it
    # what is another's
    "UPDATE personal SET content = '{{}}'",
    "{claimed} {signed} INSERT INTO review (report_id, study_id, asked, pdf_sha256)"
    " SELECT id, study_id, now(), 'x' FROM report WHERE state = 'first_signed';"
    " UPDATE review SET outcome = 'sent_back', reviewer_id = farlead_me(), ended = now(),"
    " remarks = '[1]'",  # no senior reader
    "UPDATE report SET draft = '{{}}' WHERE state = 'final'",
    "UPDATE report SET signer_id = author_id, state = 'draft' WHERE state = 'final'",
    "DELETE FROM report",
    "DELETE FROM study",
    "DELETE FROM study_object",
    "UPDATE study_object SET sha256 = 'x'",
    "UPDATE study SET patient_id = 99",
    "UPDATE study SET number = 'x'",
    "UPDATE study SET state = 'reported' WHERE state = 'waiting'",
    "INSERT INTO study SELECT * FROM study",
    "UPDATE screening SET result = '{{}}'",
    "INSERT INTO study_word SELECT 'x', id FROM study",
    "INSERT INTO screening_finding SELECT 'x', id FROM screening",
    "INSERT INTO report_finding SELECT 'x', id FROM report WHERE state = 'final'",
    "DELETE FROM report_finding",
    "TRUNCATE audit",
    "UPDATE audit SET actor = 'x'",
    "DELETE FROM audit",
    "DELETE FROM audit_chain",
    "INSERT INTO audit_chain VALUES ('x', now(), 1, 'x')",
    "SELECT * FROM audit",
    "SELECT password_hash FROM account",
    "SELECT * FROM account",
    "SELECT hash FROM patient_identifier",
    "SELECT hash FROM order_number",
    "SELECT * FROM order_message",
    "UPDATE study_order SET content = '{{}}'",
    "UPDATE study_order SET accession = 'x'",
    "INSERT INTO study_order SELECT * FROM study_order",
    "INSERT INTO patient_link (kept_id, other_id, source, made) VALUES (1, 2, 'x', now())",
    "INSERT INTO order_event (order_id, act, actor, account_id, at)"
    " SELECT o.id, 'joined', 'x', a.id, now() FROM study_order o, account a"
    " WHERE a.login = '{wang}'",
    "SELECT rolpassword FROM pg_authid",
    "UPDATE account SET role = 'senior_reader'",
    "INSERT INTO account (login, name, role) VALUES ('me', 'me', 'reader')",
    "GRANT farlead_senior_reader TO CURRENT_USER",
    "SET ROLE farlead_service",
    "SET SESSION AUTHORIZATION {wang}",
    "SET session_replication_role = replica",
    "ALTER TABLE report DISABLE TRIGGER ALL",
    "DROP TRIGGER report_kept ON report",
    "CREATE TABLE study2 (id int)",
    "CREATE OR REPLACE FUNCTION farlead_me() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
    # as somebody else
    "UPDATE report SET author_id = (SELECT id FROM account WHERE login = '{li}')"
    " WHERE state = 'draft'",  # another holds the study
    "UPDATE study SET state = 'waiting' WHERE state = 'claimed'",
    "UPDATE study SET state = 'retake_requested', reason = 'x' WHERE state = 'claimed'",
    "UPDATE report SET draft = '{{}}' WHERE state = 'draft'",
    "UPDATE claim SET until = now()",
    "DELETE FROM claim",
    "INSERT INTO personal SELECT id, '{{}}', now() FROM account WHERE login = '{wang}'",
    "INSERT INTO offered (study_id, account_id, station, draft, ready, written, at) SELECT s.id,"
    " a.id, 'seat', '{{}}', 0, now(), now() FROM study s, account a WHERE a.login = '{wang}'",
    "UPDATE study SET fencing = fencing + 1 WHERE state = 'waiting';"
    " INSERT INTO claim SELECT s.id, a.id, 'seat', s.fencing, now(), now() + interval '1 hour'"
    " FROM study s, account a WHERE s.state = 'waiting' AND a.login = '{wang}'",
    "CREATE TEMP TABLE account (id int, login text, disabled timestamptz);"
    " INSERT INTO pg_temp.account VALUES (2, session_user, NULL);"
    " DELETE FROM public.claim",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_a_readers_own_client_is_refused(hub: Hub, sql: str) -> None:
    code, said = hub.psql("li", f"BEGIN; {sql}; ROLLBACK;")
    assert code != 0, said
    assert "permission denied" in said or "farlead: " in said or "must " in said, said


def test_what_the_refused_ones_begin_with_is_allowed(hub: Hub) -> None:
    code, said = hub.psql("li", "BEGIN; {claimed} {signed} ROLLBACK;")
    assert code == 0, said


@pytest.mark.parametrize("name", sorted(set(PEOPLE) - {"li", "wang", "sen"}))
@pytest.mark.parametrize("table", [*KEPT, "claim"])
def test_nobody_removes_rows(hub: Hub, name: str, table: str) -> None:
    code, said = hub.psql(name, f"DELETE FROM {table}")  # noqa: S608 - tables of ours
    assert code != 0
    assert "permission denied" in said


def test_an_entry_of_the_trail_bears_the_name_of_who_signed_in(hub: Hub) -> None:
    code, said = hub.psql(
        "li",
        "INSERT INTO audit (chain, sequence, at, actor, action, subject, detail, previous, hash)"
        " VALUES ('mine', 1, '2020-01-01', '{wang}', 'study.opened', 'study:1', '{{}}', '', '')",
    )
    assert code == 0, said
    with hub.place.open() as store:
        entry = store.trail("study:1")[-1]
        assert entry.actor == hub.login("li")
        assert abs((entry.at - store.now()).total_seconds()) < 60
        assert store.verify_audit() == []


def test_only_who_may_reads_the_trail(hub: Hub) -> None:
    answers = {name: hub.psql(name, "SELECT count(*) FROM audit")[0] for name in PEOPLE}
    assert {name for name, code in answers.items() if code == 0} == {"boss", "aud"}


def test_administrators_and_auditors_see_no_patient(hub: Hub) -> None:
    for table in ("patient", "study", "report", "screening"):
        for name in ("sys", "sec", "aud"):
            code, said = hub.psql(name, f"SELECT * FROM {table}")  # noqa: S608 - tables of ours
            assert code != 0
            assert "permission denied" in said


def test_readers_read_and_sign_with_these_rights(hub: Hub, tmp_path: Path) -> None:
    with hub.place.open() as owner:
        study = owner.add_object(arrival("d")).study_id
    with hub.open("li", tmp_path) as store:
        li = store.account(hub.login("li"))
        row = next(row for row in store.worklist().rows if row.study.id == study)
        assert row.study.state is StudyState.WAITING
        claim = store.renew(store.claim(study, li, "seat"))
        store.save_draft(claim, draft("房颤"))
        store.release(claim)
        claim = store.claim(study, li, "seat")
        store.finish(claim, signed(store, li), ["u1"])
        store.audit(li.login, "study.opened", f"study:{study}")
        store.save_personal(li, {"language": "zh"})
        assert store.study(study).state is StudyState.REPORTED
        with pytest.raises(PermissionDenied):
            store.trail(f"study:{study}")
    with (
        hub.open("li", hub.place.keys) as with_key,  # as nobody's station has it
        pytest.raises(PermissionDenied),
    ):
        with_key.add_object(arrival("e"))
    with hub.place.open() as owner:
        trail = owner.trail(f"study:{study}")
        assert {e.actor for e in trail} == {"service:intake", hub.login("li")}
        assert owner.verify_audit() == []
        assert owner.check() == []


def test_amending_and_taking_back_with_these_rights(hub: Hub, tmp_path: Path) -> None:
    with hub.place.open() as owner:
        study = owner.add_object(arrival("f")).study_id
        other = owner.add_object(arrival("g")).study_id
    with hub.open("li", tmp_path) as store:
        li = store.account(hub.login("li"))
        claim = store.claim(study, li, "seat")
        first = store.finish(claim, signed(store, li), ["u1"])
        claim = store.amend(first.id, li, "seat", "漏写")
        store.save_draft(claim, draft("房颤"))
        second = store.finish(claim, signed(store, li, "房颤"), ["u1"])
        assert store.report(first.id).state is ReportState.SUPERSEDED
        assert store.withdraw_report(second.id, li, "患者弄错").state is ReportState.WITHDRAWN
        claim = store.claim(other, li, "seat")
        store.request_retake(claim, "干扰", "重贴电极")
        store.recall_retake(other, li)
        store.skip(store.claim(other, li, "seat"), "看不懂")
    with hub.open("wang", tmp_path) as store:
        wang = store.account(hub.login("wang"))
        store.claim(other, wang, "seat")
        with hub.open("li", tmp_path) as his:
            claim = his.take_over(other, li, "seat", "急")
            his.save_draft(claim, draft("早搏"))
            with pytest.raises(ClaimLost):
                store.save_draft(replace(claim, account=wang.id), draft("x"))
            his.release(claim)
    with hub.place.open() as owner:
        assert owner.check() == []


@pytest.mark.parametrize("end", ["countersigned", "sent_back", "replaced"])
def test_a_second_signature_with_these_rights(hub: Hub, tmp_path: Path, end: str) -> None:
    with hub.place.open() as owner:
        study = owner.add_object(arrival(end)).study_id
    with hub.open("li", tmp_path) as store:
        li = store.account(hub.login("li"))
        first = signed(store, li)
        store.first_sign(store.claim(study, li, "seat"), first, urgent=True)
    with hub.open("wang", tmp_path) as store:
        wang = store.account(hub.login("wang"))
        claim = store.claim(study, wang, "seat")
        remarks = [Remark("conclusion", "不对", "", None)]
        with pytest.raises(PermissionDenied):
            store.send_back(claim, wang, remarks)  # the desk says so first, the server after it
        store.release(claim)
    with hub.open("sen", tmp_path) as store:
        sen = store.account(hub.login("sen"))
        claim = store.claim(study, sen, "seat")
        store.save_draft(claim, draft("房颤"))
        if end == "countersigned":
            both = Countersigned(first.pdf_sha256, sha("both"), 9, sen)
            store.countersign(claim, both, ["u1"])
        elif end == "sent_back":
            store.send_back(claim, sen, remarks)
        else:
            store.replace_reviewed(claim, signed(store, sen, "房颤"), ["u1"], "改")
        states = [version.state for version in store.reports(study)]
    assert (
        states
        == {
            "countersigned": [ReportState.FINAL],
            "sent_back": [ReportState.DRAFT],
            "replaced": [ReportState.SUPERSEDED, ReportState.FINAL],
        }[end]
    )


def test_readers_join_and_part_orders_and_patients_with_these_rights(
    hub: Hub, tmp_path: Path
) -> None:
    known = Patient(name="王芳", local_number="W1")
    order = Order("u1", "P7", None, known, Request(Priority.URGENT, accession="W"))
    with hub.place.open() as owner:
        study = owner.add_object(arrival("w")).study_id
        owner.take_orders("his", [(Control.NEW, order)])
        merge = Merge("u1", Patient(local_number="W1"), Patient(local_number="W2"))
        owner.take_orders("his", [merge])
        (link,) = owner.patient_links()
        order_id = owner.orders()[0].id
    for name in ("li", "tech"):
        with hub.open(name, tmp_path) as store:
            me = store.account(hub.login(name))
            store.open_orders()
            store.join_order(order_id, study, me, "电话核对")
            assert store.study(study).request.priority is Priority.URGENT
            store.part_order(order_id, me, "看错了")
            store.close_order(order_id, me, "未做")
            store.reopen_order(order_id, me, "补做")
            assert {event.actor for event in store.order_events(order_id)[-4:]} == {me.login}
            if name == "tech":
                store.part_patients(link.id, me, "合并错误")
                assert store.patient_links() == []


def test_whoever_opens_a_study_says_what_its_archive_gave_and_nothing_else(
    hub: Hub, tmp_path: Path
) -> None:
    """A request that reopens the study is marked with it, by the same person's rights."""
    known = Patient(name="赵敏", local_number="Z1")
    asked = Request(accession="Z")
    with hub.place.open() as owner:
        made = replace(arrival("z", patient=known), request=asked)
        place = Archived(made.object.sha256, "hub", "1.2", "1.3", "1.4", 9)
        owner.note_archived(place)
        study = owner.add_object(made).study_id
        li = owner.account(hub.login("li"))
        claim = owner.claim(study, li, "seat")
        owner.save_draft(claim, draft())
        owner.finish(claim, signed(owner, li), ["u1"])
        owner.take_orders("his", [(Control.NEW, Order("u1", "P9", None, known, asked, MORNING))])
        again = next(r.study.id for r in owner.worklist().rows if r.study.linked == study)
    with hub.open("boss", tmp_path) as store:  # who opens none says nothing of one
        with pytest.raises(PermissionDenied):
            store.archive_gave(place.sha256, trouble=ArchiveTrouble.ALTERED)
        assert not store.study(study).objects_refused
    for name in ("li", "tech"):
        with hub.open(name, tmp_path) as store:
            store.archive_gave(place.sha256, trouble=ArchiveTrouble.ALTERED)
            assert store.study(study).objects_refused
            assert store.study(again).objects_refused
            store.archive_gave(place.sha256)
            assert not store.study(again).objects_refused
            with pytest.raises(PermissionDenied):
                store.note_archived(replace(place, sha256=sha("other")))


def test_a_station_opens_the_hub_by_its_settings(hub: Hub, tmp_path: Path) -> None:
    unit = UnitSettings(code="u7", name="七乡卫生院")
    settings = Settings(folder=tmp_path, database=hub.address("li"), units=(unit,))
    with Store.of(settings) as store:
        assert store.worklist().rows
        assert "u7" not in {known.code for known in store.units()}  # a reader enters no units
        assert abs((store.now() - utc_now()).total_seconds()) < 60
    assert not (tmp_path / "keys").exists()  # no key of the patients' hashes at a station


def test_a_person_signs_in_at_a_station_with_a_password(hub: Hub, tmp_path: Path) -> None:
    server = hub.place.server
    assert server is not None
    nobody = hub.address("li").replace(f"{hub.login('li')}:{PASSWORD}@", "")
    settings = Settings(folder=tmp_path, database=nobody)
    login = hub.login("li")
    assert asks_who(settings, login)
    for who, word in ((login, "wrong-word"), ("nobody-here", PASSWORD)):
        with pytest.raises(SignInRefused), open_desk(settings, who, word=word):
            pass
    with open_desk(settings, login, word=PASSWORD) as desk:
        assert desk.account.login == login
        assert desk.worklist().rows
        assert desk.by_password
        for _ in range(3):
            with pytest.raises(SignInRefused):
                desk.unlock("wrong-word")
        with pytest.raises(SignInRefused, match="is looked at before"):
            desk.unlock(PASSWORD)  # rests, as at log-in
    server.stop()
    try:
        with pytest.raises(StoreUnreachable), open_desk(settings, login, word=PASSWORD):
            pass
    finally:
        server.start()


def test_a_disabled_account_does_not_sign_in(hub: Hub, tmp_path: Path) -> None:
    with hub.place.open() as owner:
        gone = hub.login("gone")
        reader(owner, gone)
        owner.set_password(gone, PASSWORD, "", "admin")
        hub.open("gone", tmp_path).close()
        owner.set_enabled(gone, "admin", enabled=False)
        with pytest.raises(SignInRefused):
            hub.open("gone", tmp_path)
        owner.set_enabled(gone, "admin", enabled=True)
        hub.open("gone", tmp_path).close()


def test_the_server_keeps_no_password_that_can_be_read(hub: Hub) -> None:
    with hub.place.raw() as raw:
        kept = raw.execute(
            f"SELECT rolpassword FROM pg_authid WHERE rolname = '{hub.login('li')}'"  # noqa: S608 - a name of ours
        ).fetchone()[0]
        assert kept.startswith("SCRAM-SHA-256$")
        assert raw.execute("SELECT count(password_hash) FROM account").fetchone() == (0,)


def test_an_administrator_sends_parked_reports_again_and_reads_no_patient(
    hub: Hub, tmp_path: Path
) -> None:
    with hub.place.open() as owner:
        due, *_ = owner.due_deliveries(9)
        owner.begin_delivery(due.id)
        owner.park(due.id, message("delivery.unknown_outcome"))
    with hub.open("sys", tmp_path) as store:
        assert store.backlogs()[due.destination].parked == 1
        (parked,) = store.parked_at(due.destination)
        store.unpark(parked.delivery, store.account(hub.login("sys")))
        assert store.parked_at(due.destination) == []
        with pytest.raises(PermissionDenied):
            store.study(due.study)
    code, said = hub.psql("sys", "SELECT patient FROM study")
    assert code
    assert "permission denied" in said
    code, said = hub.psql("sys", "UPDATE delivery SET destination = 'x'")
    assert code
    assert "permission denied" in said
