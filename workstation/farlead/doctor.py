"""Is the house in order? Every check answers with a sentence; nothing is changed.

A check that itself fails is a bad finding, never a silent pass.
"""

import os
import shutil
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum

from farlead.access.demo_authority import trusted
from farlead.errors import FarleadError, ObjectMissing
from farlead.messages import Message, message
from farlead.model.lives import DeliveryState
from farlead.objects import ObjectFolder
from farlead.reporting import find_fonts
from farlead.services import (
    connections,
    in_row,
    objects_of,
    open_passwords,
    open_sandbox,
    own_table,
    verify_trail,
)
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

#: Less free space than this is told: a day of a busy hub's uploads.
LEAST_FREE = 5 << 30


class State(StrEnum):
    """Outcome of a check."""

    GOOD = "good"
    NOTE = "note"  # works, but somebody should know
    BAD = "bad"


_MARKS = {State.GOOD: "✓", State.NOTE: "●", State.BAD: "▲"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    state: State
    told: Message
    detail: Mapping[str, object] = field(default_factory=dict)  # the same for programs

    @property
    def mark(self) -> str:
        """Shape of the outcome."""
        return _MARKS[self.state]


def examine(settings: Settings, *, clock: Clock = utc_now) -> list[Finding]:
    """All checks of an installation, in the order in which trouble should be mended."""
    findings = [*_folders(settings), *_surroundings(), _rules(settings), *_passwords(settings)]
    if not settings.has_store:
        told = message("doctor.no_store", folder=str(settings.folder))
        return [*findings, Finding("store", State.NOTE, told)]
    try:
        with Store.of(settings, clock=clock) as store, open_sandbox(settings) as sandbox:
            with closing(objects_of(settings, store, sandbox)) as objects:
                findings += _store(settings, store, objects)
            findings += _connections(settings, store)
            findings += _work(store)
    except FarleadError as error:
        findings.append(Finding("store", State.BAD, error.reason))
    return findings


def _rules(settings: Settings) -> Finding:
    """Whether the institution's own rule table can be used, and which rules are in force."""
    from farlead.analysis import rules_of  # noqa: PLC0415 - scipy: not where nobody asks

    try:
        own = own_table(settings)
    except FarleadError as error:
        return Finding("rules", State.BAD, error.reason)
    found = rules_of(own.name, own.text) if own is not None else rules_of("", "")
    told = message("doctor.rules", version=found.version, count=len(found.rules))
    return Finding("rules", State.GOOD, told)


def _store(settings: Settings, store: Store, objects: ObjectFolder) -> Iterable[Finding]:
    yield from _all(("store", "doctor.store_sound"), store.check())
    yield _balance(store)
    yield from _all(("audit", "doctor.audit_whole"), verify_trail(settings, store))
    yield from _all(("objects", "doctor.objects_whole"), _damaged_objects(store, objects))
    yield from _archived(store)
    yield from _deliveries(store)
    yield from _critical_values(store)
    yield _identities(store)


def _all(named: tuple[str, str], troubles: Iterable[Message]) -> Iterable[Finding]:
    check, sound = named
    found = [Finding(check, State.BAD, trouble) for trouble in troubles]
    return found or [Finding(check, State.GOOD, message(sound))]


def _balance(store: Store) -> Finding:
    balance = store.balance()
    parts = {state.value: number for state, number in balance.states.items()}
    state = State.GOOD if balance.whole else State.BAD
    return Finding("balance", state, message("doctor.balance", arrived=balance.arrived, **parts))


def _damaged_objects(store: Store, objects: ObjectFolder) -> Iterable[Message]:
    """Every stored file is hashed: an altered byte is found by looking only.

    What an archive keeps is looked at when it is fetched; see :func:`_archived`.
    """
    elsewhere = store.archived_hashes().keys() - set(objects.names())
    for study in store.studies():
        for each in study.objects:
            if each.sha256 not in elsewhere:
                yield from _damage(objects, "object", study.number, each.sha256)
        for report in store.reports(study.id):
            if report.sha256 is not None:
                yield from _damage(objects, "report", study.number, report.sha256)


def _archived(store: Store) -> Iterable[Finding]:
    """What archives keep, and which of it they have lost or give otherwise."""
    for name, many in sorted(Counter(store.archived_hashes().values()).items()):
        told = message("doctor.archived", many=many, archive=name)
        yield Finding("archived", State.GOOD, told)
    for study, place in store.archive_troubles():
        text = f"doctor.archive_{place.trouble}"
        told = message(text, study=study, archive=place.archive, uid=place.sop_instance_uid)
        yield Finding("archived", State.BAD, told)


def _damage(objects: ObjectFolder, what: str, study: str, sha256: str) -> Iterable[Message]:
    try:
        objects.get(sha256)
    except ObjectMissing:
        found = "altered" if objects.exists(sha256) else "missing"
        yield message(f"doctor.{what}_{found}", study=study, sha256=sha256)


def _deliveries(store: Store) -> Iterable[Finding]:
    states = [each.state for each in store.open_deliveries()]
    parked = states.count(DeliveryState.PARKED)
    told = message("doctor.deliveries", waiting=len(states) - parked, parked=parked)
    yield Finding("deliveries", State.NOTE if parked else State.GOOD, told)
    for each in store.failing_deliveries():
        if each.error is not None:
            yield Finding("deliveries", State.NOTE, each.error)
    untold = store.failing_progress()
    if untold:
        yield Finding("status", State.NOTE, message("doctor.status", many=untold))


def _critical_values(store: Store) -> Iterable[Finding]:
    """Cases that nobody has ended."""
    for case in store.open_cases():
        minutes = int((store.now() - case.since).total_seconds() / 60)
        told = message("doctor.open_case", number=case.number, minutes=minutes)
        yield Finding("critical", State.NOTE, told)


def _identities(store: Store) -> Finding:
    many = store.identity_conflicts()
    state = State.NOTE if many else State.GOOD
    return Finding("identities", state, message("doctor.identities", many=many))


def _folders(settings: Settings) -> Iterable[Finding]:
    for folder in (settings.folder, settings.keys):
        if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
            told = message("doctor.open_to_others", folder=str(folder))
            yield Finding("folders", State.BAD, told)
    if settings.folder.exists():
        free = shutil.disk_usage(settings.folder).free
        told = message("doctor.disk", free=f"{free / (1 << 30):.0f}", folder=str(settings.folder))
        yield Finding("disk", State.GOOD if free > LEAST_FREE else State.NOTE, told)
    yield _certificates(settings)


def _passwords(settings: Settings) -> Iterable[Finding]:
    for told in open_passwords(settings):
        yield Finding("passwords", State.NOTE, told)


def _connections(settings: Settings, store: Store) -> Iterable[Finding]:
    """Every system outside by its own name, the worst first, as the window says it."""
    for each in sorted(connections(settings, store), key=lambda each: -each.standing):
        detail = {
            "standing": each.standing.name.lower(),
            "success": each.success.isoformat() if each.success else None,
            "waiting": each.waiting,
            "sent": each.sent,
            "parked": each.parked,
        }
        state = State.GOOD if each.good else State.NOTE
        yield Finding(f"connection {each.name}", state, in_row(each), detail)


def _work(store: Store) -> Iterable[Finding]:
    """Which process serves, who has which piece of work since when, and what lies abandoned."""
    now, leases = store.now(), store.leases()
    serving = [each for each in leases if each.is_process and each.until > now]
    told = message("doctor.serving", many=len(serving))
    if not serving:
        told = message("doctor.nobody_serves")
    yield Finding("serving", State.GOOD if serving else State.NOTE, told)
    for each in leases:
        alive = each.until > now
        text = "doctor.work" if alive else "doctor.work_left"
        told = message(
            text,
            work=each.work,
            host=each.host,
            process=each.process or 0,
            since=each.since.astimezone().strftime("%m-%d %H:%M:%S"),
        )
        detail = {
            "work": each.work,
            "host": each.host,
            "process": each.process,
            "since": each.since.isoformat(),
            "until": each.until.isoformat(),
            "alive": alive,
        }
        yield Finding("work", State.GOOD if alive else State.NOTE, told, detail)


def _certificates(settings: Settings) -> Finding:
    try:
        roots = trusted(settings)
    except (OSError, ValueError) as error:
        told = message("doctor.trust_unreadable", cause=str(error))
        return Finding("certificates", State.BAD, told)
    state = State.GOOD if roots else State.NOTE
    return Finding("certificates", state, message("doctor.trust", count=len(roots)))


def _surroundings() -> Iterable[Finding]:
    try:
        told = message("doctor.fonts", folder=str(find_fonts()))
        yield Finding("fonts", State.GOOD, told)
    except FarleadError as error:
        yield Finding("fonts", State.BAD, error.reason)
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if display or not sys.platform.startswith("linux"):
        yield Finding("display", State.GOOD, message("doctor.display", display=display or "–"))
    else:
        yield Finding("display", State.NOTE, message("doctor.no_display"))
