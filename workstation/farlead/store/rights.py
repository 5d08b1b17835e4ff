"""Rights in PostgreSQL: what each role may touch, and that nobody writes in another's name.

A person's account is a role of the server that belongs to the group of its role; services
belong to a group of their own. Whoever works with a SQL client of his own meets the same limits
as the program. The person is who signed in (``session_user``): what names a person names him.
"""

from collections.abc import Iterator, Mapping

from farlead.model.people import Role
from farlead.store.schema import metadata

#: Group of the services: intake, screening, delivery.
SERVICE = "farlead_service"

#: Kept by services and administrators alone; the audit trail is appended to by its trigger.
_SERVICES_OWN = frozenset(
    {
        "day_figures", "archived_object",
        "unit", "account", "patient", "patient_identifier", "study", "study_object", "screening",
        "audit", "audit_chain", "audit_mark", "change", "day_number", "fact", "source", "delivery",
        "study_word", "screening_finding", "lease", "unit_contact",
        "progress", "study_order", "order_number", "order_message", "patient_link",
    }
)  # fmt: skip
_TRAIL = frozenset({"audit", "audit_chain", "audit_mark"})
_HIDDEN = frozenset({*_TRAIL, "patient_identifier", "order_number", "order_message", "account"})
_STUDY = "state, fencing, reserved_by, reason, hint, identity_conflict"
_DELIVERY = "state, changed, next_try, attempts, error"
_ORDER = "state, study_id, due, found"
_LINK = "ended, ended_by, reason"
_GAVE = "returned, trouble, looked"
_ACCOUNT = "id, login, name, role, certificate, disabled, kinds"
_LOCKED_OUT = "password_hash, failures, locked_until"

#: Columns that name who acts, by table; a person may only put himself there.
_PERSONS: Mapping[str, tuple[str, ...]] = {
    "claim": ("account_id",),
    "report": ("author_id", "signer_id"),
    "retake": ("account_id",),
    "notice": ("account_id",),
    "skip": ("account_id",),
    "personal": ("account_id",),
    "offered": ("account_id",),
    "review": ("reviewer_id",),
    "report_withdrawal": ("account_id",),
    "checked": ("account_id",),
    "critical_case": ("seen_by", "opened_by", "closed_by"),
    "critical_finding": ("account_id",),
    "critical_call": ("account_id",),
    "critical_escalation": ("account_id",),
    "study_time": ("account_id",),
    "handover": ("giver_id", "taker_id"),
    "possible_pair": ("decided_by",),
    "order_event": ("account_id",),
    "patient_link": ("ended_by",),
    "study": ("reserved_by",),
    "report_finding": (),
    "delivery": (),
    "delivery_event": (),
}

#: The longest lease that a person's station may write; the settings allow no longer one.
LONGEST_LEASE = "1 hour"

_ANOTHERS = (
    "EXISTS (SELECT 1 FROM claim WHERE claim.study_id = {study}"
    " AND claim.account_id <> me AND claim.until > clock_timestamp())"
)
# By the beginning of the transaction, as the program sees it.
_MINE = (
    "EXISTS (SELECT 1 FROM claim WHERE claim.study_id = {study}"
    " AND claim.account_id = me AND claim.until > transaction_timestamp())"
)
_SENIOR = f"pg_has_role(session_user, 'farlead_{Role.SENIOR_READER}', 'member')"
# A draft of a shift that is being taken on, in the same transaction, its words as they are.
_TAKEN_ON = (
    "(TG_OP = 'UPDATE' AND OLD.state = 'draft' AND NEW.state = 'draft'"  # noqa: S608 - ours
    " AND NEW.author_id = me AND NEW.draft IS NOT DISTINCT FROM OLD.draft"
    " AND EXISTS (SELECT 1 FROM handover WHERE handover.giver_id = OLD.author_id"
    " AND handover.taker_id = me AND handover.taken >= transaction_timestamp())"
    f" AND NOT {_ANOTHERS.format(study='NEW.study_id')})"
)
# A row that names somebody else is his: changed only by putting oneself in his place.
_HIS = (
    " OR (TG_OP = 'UPDATE' AND OLD.account_id IS DISTINCT FROM me"
    " AND NEW.account_id = OLD.account_id)"
)
# A signature bears the server's time, but for the minutes that signing takes.
_MISTIMED = (
    "NEW.{0} IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.{0} IS DISTINCT FROM OLD.{0})"
    " AND NEW.{0} NOT BETWEEN clock_timestamp() - interval '15 minutes'"
    " AND clock_timestamp() + interval '30 seconds'"
)
#: What else a person may not do, beside naming somebody else.
_MORE: Mapping[str, str] = {
    "claim": f" OR NEW.until > clock_timestamp() + interval '{LONGEST_LEASE}'",
    "personal": _HIS,
    "checked": _HIS,
    # Written and signed by who holds the study; only taking back needs no claim.
    "report": " OR (TG_OP = 'UPDATE'"
    " AND NEW.draft IS DISTINCT FROM OLD.draft AND NEW.author_id IS DISTINCT FROM me)"
    f" OR (NEW.state <> 'withdrawn' AND NOT {_MINE.format(study='NEW.study_id')}"
    f" AND NOT {_TAKEN_ON})"
    f" OR ({_MISTIMED.format('signed')})",
    "report_withdrawal": f" OR NOT ({_SENIOR}"  # noqa: S608 - text of ours
    " OR me = (SELECT author_id FROM report WHERE report.id = NEW.report_id))",
    "review": f" OR (TG_OP = 'UPDATE' AND NOT ({_SENIOR} AND {_MINE.format(study='NEW.study_id')}))"
    f" OR ({_MISTIMED.format('ended')})",
    # Not out of another's hands, not for good, and not sent back without having had it in hand.
    "study": " OR (TG_OP = 'UPDATE' AND OLD.state = 'claimed' AND NEW.state <> 'claimed'"
    f" AND {_ANOTHERS.format(study='NEW.id')})"
    " OR (TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND (NEW.state = 'withdrawn'"
    " OR (NEW.state = 'retake_requested' AND OLD.state <> 'claimed')))"
    " OR (TG_OP = 'UPDATE' AND NEW.identity_conflict < OLD.identity_conflict"
    f" AND NOT {_MINE.format(study='NEW.id')})",
    # People have parked ones tried again, and drop reports that are no longer in force.
    "delivery": " OR (TG_OP = 'UPDATE' AND NOT (NEW.next_try IS NULL AND ("
    "(OLD.state = 'parked' AND NEW.state = 'due') OR (NEW.state = 'dropped' AND"
    " CASE WHEN NEW.report_id IS NULL"
    " THEN (SELECT kind IN ('preliminary', 'withdrawn', 'retake') FROM notice"
    " WHERE notice.id = NEW.notice_id)"
    " ELSE (SELECT state <> 'final' FROM report WHERE report.id = NEW.report_id) END))))",
    "delivery_event": " OR NEW.state NOT IN ('due', 'dropped')",
    "report_finding": " OR NOT EXISTS (SELECT 1 FROM report WHERE report.id = NEW.report_id"
    " AND report.signer_id = me)",
    # A suspicion is screening's; a mark is reached by the server's clock.
    "critical_case": " OR (TG_OP = 'INSERT' AND NEW.opened_by IS NULL)"
    " OR (TG_OP = 'UPDATE' AND NEW.suspicion IS DISTINCT FROM OLD.suspicion)",
    "critical_escalation": " OR NEW.account_id IS NULL OR NEW.at > clock_timestamp()",
}


def group(role: Role) -> str:
    """Group role of the server for a role of ours."""
    return f"farlead_{role}"


def rights() -> Iterator[str]:
    """Statements that set every right anew."""
    groups = [*(group(role) for role in Role), SERVICE]
    yield from (_made(name) for name in groups)
    everyone = ", ".join(groups)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {everyone}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {everyone}"
    yield f"GRANT SELECT ON farlead_change TO {everyone}"
    yield f"GRANT SELECT ON alembic_version, fact, unit, change, source TO {everyone}"
    yield f"GRANT SELECT ({_ACCOUNT}) ON account TO {everyone}"
    yield f"GRANT INSERT ON audit TO {everyone}"
    yield f"GRANT SELECT, INSERT, UPDATE ON personal TO {everyone}"
    yield from _of_readers()
    yield from _of_others()
    yield from _of_services()


def _made(name: str) -> str:
    return (
        f"DO $farlead$ BEGIN CREATE ROLE {name} NOLOGIN;"
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $farlead$"
    )


def _tables() -> list[str]:
    return sorted(metadata.tables)


def _of_readers() -> Iterator[str]:
    readers = f"{group(Role.READER)}, {group(Role.SENIOR_READER)}"
    seen = ", ".join(name for name in _tables() if name not in _HIDDEN)
    written = ", ".join(name for name in _tables() if name not in _SERVICES_OWN)
    yield f"GRANT SELECT ON {seen} TO {readers}"
    yield f"GRANT INSERT, UPDATE ON {written} TO {readers}"
    yield f"GRANT DELETE ON claim, report_finding TO {readers}"
    yield f"GRANT UPDATE ({_STUDY}) ON study TO {readers}"
    yield f"GRANT INSERT, UPDATE ({_DELIVERY}) ON delivery TO {readers}"
    yield from _reconciling(readers)
    yield from _fetching(readers)


def _fetching(people: str) -> Iterator[str]:
    """Whoever opens a study says what its archive gave; where that is, the services say."""
    yield f"GRANT UPDATE ({_GAVE}) ON archived_object TO {people}"
    yield f"GRANT UPDATE (objects_refused) ON study TO {people}"


def _reconciling(people: str) -> Iterator[str]:
    """Joining and parting orders, and parting patients; what they say is the services'."""
    yield f"GRANT UPDATE ({_ORDER}) ON study_order TO {people}"
    yield f"GRANT UPDATE ({_LINK}) ON patient_link TO {people}"


def _of_others() -> Iterator[str]:
    seen = ", ".join(name for name in _tables() if name not in _HIDDEN)
    yield f"GRANT SELECT ON {seen} TO {group(Role.TECHNICIAN)}, {group(Role.MANAGER)}"
    yield f"GRANT INSERT, UPDATE ON retake TO {group(Role.TECHNICIAN)}"
    yield f"GRANT INSERT ON notice TO {group(Role.TECHNICIAN)}"
    yield f"GRANT UPDATE ({_STUDY}) ON study TO {group(Role.TECHNICIAN)}"
    yield from _reconciling(group(Role.TECHNICIAN))
    yield from _fetching(group(Role.TECHNICIAN))
    yield f"GRANT INSERT ON order_event TO {group(Role.TECHNICIAN)}"
    yield f"GRANT UPDATE ON possible_pair TO {group(Role.TECHNICIAN)}"
    trail = ", ".join(sorted(_TRAIL))
    yield f"GRANT SELECT ON {trail} TO {group(Role.AUDITOR)}, {group(Role.MANAGER)}"
    system = group(Role.SYSTEM_ADMINISTRATOR)
    yield f"GRANT SELECT, INSERT, UPDATE ON unit, unit_contact TO {system}"
    # How deliveries stand and sending parked ones again; nothing of a patient.
    yield f"GRANT SELECT, UPDATE ({_DELIVERY}) ON delivery TO {system}"
    yield f"GRANT SELECT, INSERT ON delivery_event TO {system}"
    # A study is locked before its deliveries; to lock is to have the right to change something.
    yield f"GRANT SELECT (id, number, state, reserved_by), UPDATE (changed) ON study TO {system}"
    yield f"GRANT SELECT (id, version) ON report TO {system}"
    yield f"GRANT SELECT (id, kind, report_id) ON notice TO {system}"
    security = group(Role.SECURITY_ADMINISTRATOR)
    yield f"GRANT INSERT, UPDATE ({_ACCOUNT}, {_LOCKED_OUT}) ON account TO {security}"


def _of_services() -> Iterator[str]:
    yield f"GRANT SELECT, INSERT, UPDATE ON {', '.join(_tables())} TO {SERVICE}"
    yield f"GRANT DELETE ON claim, report_finding, lease, order_message TO {SERVICE}"
    yield f"REVOKE INSERT, UPDATE ON account FROM {SERVICE}"


# Who acts


def person_functions() -> Iterator[str]:
    """Functions and triggers: persons are those who signed in, entries are chained here."""
    yield _function(
        "farlead_me() RETURNS integer STABLE",
        "RETURN (SELECT id FROM account WHERE login = session_user AND disabled IS NULL);",
    )
    # A person is whoever belongs to a group of persons; owners and services act for others.
    members = " OR ".join(f"pg_has_role(session_user, '{group(role)}', 'member')" for role in Role)
    yield _function(
        "farlead_is_person() RETURNS boolean STABLE",
        "RETURN NOT"  # noqa: S608 - names of ours
        " (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)"
        f" AND NOT pg_has_role(session_user, '{SERVICE}', 'member') AND ({members});",
    )
    for table, columns in _PERSONS.items():
        yield from _himself(table, columns)
    yield from _own_claim()
    yield from _appended()


def _function(signature: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {signature} LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $farlead$ BEGIN {body} END $farlead$"
    )


def _refused(name: str) -> str:
    return f"RAISE EXCEPTION 'farlead: {name}' USING ERRCODE = 'insufficient_privilege'"


def _himself(table: str, columns: tuple[str, ...]) -> Iterator[str]:
    name = f"{table}_by_himself"
    other = " OR ".join(
        f"(NEW.{c} IS NOT NULL AND NEW.{c} IS DISTINCT FROM me"
        f" AND (TG_OP = 'INSERT' OR NEW.{c} IS DISTINCT FROM OLD.{c}))"
        for c in columns
    )
    yield _function(
        f"farlead_{name}() RETURNS trigger",
        "IF farlead_is_person() THEN DECLARE me integer := farlead_me(); BEGIN"
        f" IF me IS NULL OR {other or 'false'}{_MORE.get(table, '')}"
        f" THEN {_refused(name)}; END IF; END; END IF;"
        " RETURN NEW;",
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION farlead_{name}()"
    )


def _own_claim() -> Iterator[str]:
    """Another's claim is taken over in one's own name, or ended when its time is over."""
    yield _function(
        "farlead_claim_of_another() RETURNS trigger",
        "IF farlead_is_person() AND OLD.account_id IS DISTINCT FROM farlead_me()"
        " AND OLD.until > clock_timestamp()"
        " AND (TG_OP = 'DELETE' OR NEW.account_id = OLD.account_id)"
        f" THEN {_refused('claim_of_another')}; END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
    )
    yield (
        "CREATE TRIGGER claim_of_another BEFORE UPDATE OR DELETE ON claim"
        " FOR EACH ROW EXECUTE FUNCTION farlead_claim_of_another()"
    )


def _appended() -> Iterator[str]:
    """Sequence, previous hash and hash of an entry; a person's name and time as well."""
    text = " || ',' || ".join(
        (
            "to_json(NEW.chain::text)::text",
            "NEW.sequence::text",
            "to_json(to_char(NEW.at AT TIME ZONE 'UTC',"
            " 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00')::text",
            "to_json(NEW.actor)::text",
            "to_json(NEW.action::text)::text",
            "to_json(NEW.subject)::text",
            "NEW.detail",
            "to_json(NEW.previous::text)::text",
        )
    )
    yield _function(
        "farlead_audit_appended() RETURNS trigger",
        "IF farlead_is_person() THEN"  # noqa: S608 - text of ours
        " NEW.actor := session_user; NEW.at := clock_timestamp(); END IF;"
        " PERFORM NEW.detail::json;"
        " SELECT sequence + 1, hash INTO NEW.sequence, NEW.previous FROM audit_chain"
        " WHERE id = NEW.chain FOR UPDATE;"
        " IF NOT FOUND THEN NEW.sequence := 1; NEW.previous := coalesce((SELECT hash FROM audit"
        " ORDER BY at DESC, sequence DESC LIMIT 1), ''); END IF;"
        f" NEW.hash := encode(sha256(convert_to('[' || {text} || ']', 'UTF8')), 'hex');"
        " INSERT INTO audit_chain (id, opened, sequence, hash)"
        " VALUES (NEW.chain, NEW.at, NEW.sequence, NEW.hash)"
        " ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash;"
        " RETURN NEW;",
    )
    yield (
        "CREATE TRIGGER audit_appended BEFORE INSERT ON audit"
        " FOR EACH ROW EXECUTE FUNCTION farlead_audit_appended()"
    )
