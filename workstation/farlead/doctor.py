"""Is the house in order? Every check answers with a sentence; nothing is changed.

A check that itself fails is a bad finding, never a silent pass.
"""

import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from farlead.access.demo_authority import trusted
from farlead.errors import FarleadError
from farlead.messages import Message, message
from farlead.model.lives import DeliveryState
from farlead.objects import ObjectFolder
from farlead.reporting import find_fonts
from farlead.services import (
    connections,
    objects_of,
    open_passwords,
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
        with Store.of(settings, clock=clock) as store:
            findings += _store(settings, store, objects_of(settings, store))
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
    """Every stored file is hashed: an altered byte in an archive is found by looking only."""
    for study in store.studies():
        for each in study.objects:
            yield from _damage(objects, "object", study.number, each.sha256)
        for report in store.reports(study.id):
            if report.sha256 is not None:
                yield from _damage(objects, "report", study.number, report.sha256)


def _damage(objects: ObjectFolder, what: str, study: str, sha256: str) -> Iterable[Message]:
    path = objects.path(sha256)
    if not path.is_file():
        yield message(f"doctor.{what}_missing", study=study, sha256=sha256)
    elif _sha256(path) != sha256:
        yield message(f"doctor.{what}_altered", study=study, sha256=sha256)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    """Systems outside that are in trouble, each by its own name."""
    for each in connections(settings, store):
        if each.trouble is not None:
            yield Finding(f"connection {each.name}", State.NOTE, each.trouble)


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
