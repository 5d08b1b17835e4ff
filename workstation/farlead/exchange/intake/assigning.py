"""Whose an object of an archive is, and into which inbox it goes."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable

from farlead.errors import SandboxError, UnreadableFile
from farlead.exchange.intake.spool import hand_in
from farlead.messages import Message, message
from farlead.model.archived import Archived
from farlead.model.recording import Origin
from farlead.peers import Archive, UnitRule
from farlead.sandbox import Sandbox
from farlead.settings import Settings

#: So many files may wait in the inboxes before no more are fetched.
MOST_WAITING = 200
#: Between the name of an object and that of the archive that keeps it.
KEPT_BY = "@"
_PAUSE = 0.05
_ORIGIN = "farlead.formats.origin:origin"
_SENDER = ".sender"
_NAME = re.compile(r"[0-9.]{1,64}")


class Assigning:
    """Hands objects of one archive to the inboxes of their units.

    What no rule assigns is kept under ``unassigned/ARCHIVE`` and tried again at every start:
    it is told as a trouble, never guessed.

    Parameters
    ----------
    settings : Settings
    archive : Archive
    sandbox : Sandbox
        In which headers are read.
    note : callable
        Called with what the archive keeps, before it is handed in.
    """

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        sandbox: Sandbox,
        note: Callable[[Archived], None],
    ) -> None:
        self._settings = settings
        self._archive = archive
        self._sandbox = sandbox
        self._note = note
        self._aside = settings.folder / "unassigned" / archive.name
        self._lock = threading.Lock()
        self.taken = self.unassigned = 0
        self._again()

    @property
    def asks_senders(self) -> bool:
        """Whether a rule needs to know who sent an object."""
        return any(rule.aet is not None for rule in self._archive.rules)

    @property
    def trouble(self) -> Message | None:
        """What lies aside because nobody said whose it is."""
        many = sum(1 for _ in self._aside.glob("*.dcm")) if self._aside.is_dir() else 0
        if not many:
            return None
        return message(
            "peers.unassigned", many=many, archive=self._archive.name, folder=str(self._aside)
        )

    def take(self, data: bytes, sender: str | None) -> None:
        """Hand an object to its unit's inbox; on the disk when this returns."""
        origin = self._origin(data)
        kinds = self._archive.modalities
        if kinds and origin.modality is not None and origin.modality not in kinds:
            return
        assigned = self._to_its_inbox(data, origin, sender)
        with self._lock:
            self.taken += assigned
            self.unassigned += not assigned
        if not assigned:
            self._aside.mkdir(parents=True, exist_ok=True, mode=0o700)
            known = (sender or "").encode()
            (self._aside / f"{_name(origin, data)}{_SENDER}").write_bytes(known)
            hand_in(data, self._aside, f"{_name(origin, data)}.dcm", settle=0)

    def _origin(self, data: bytes) -> Origin:
        try:
            found = self._sandbox.call(_ORIGIN, data, seconds=self._settings.decode_seconds)
        except (UnreadableFile, SandboxError):
            return Origin()  # intake says what is wrong with it, and keeps it
        if not isinstance(found, Origin):
            raise TypeError(f"{_ORIGIN} answered with {type(found)}")
        return found

    def _to_its_inbox(self, data: bytes, origin: Origin, sender: str | None) -> bool:
        """Hand in what a rule assigns; whether one does."""
        rule = self._rule(origin, sender)
        unit = rule.unit if rule else self._archive.unit
        if unit is None:
            return False
        inbox = self._settings.inbox(unit)
        inbox.mkdir(parents=True, exist_ok=True)
        kept = self._kept(origin, data)
        if kept is not None:
            self._note(kept)
        hand_in(
            data,
            inbox,
            f"{_name(origin, data)}.dcm" if kept is None else name_of(kept),
            request=_sidecar(rule) if rule else None,
            settle=self._settings.settle_seconds,
        )
        return True

    def _kept(self, origin: Origin, data: bytes) -> Archived | None:
        """Where the archive keeps an object; None where the hub does, or it cannot be asked for."""
        uids = origin.study_uid, origin.series_uid, origin.sop_instance_uid
        if self._archive.keep == "hub" or not all(_NAME.fullmatch(uid or "") for uid in uids):
            return None
        study, series, instance = (uid or "" for uid in uids)
        sha256 = hashlib.sha256(data).hexdigest()
        return Archived(sha256, self._archive.name, study, series, instance, len(data))

    def lies_in_an_inbox(self, uid: str) -> bool:
        """Whether an object was handed in and not taken yet."""
        units = {rule.unit for rule in self._archive.rules} | {self._archive.unit}
        places = [self._settings.inbox(unit) for unit in units if unit is not None]
        names = f"{uid}.dcm", f"{uid}{KEPT_BY}{self._archive.name}.dcm"
        return any((at / name).exists() for at in (*places, self._aside) for name in names)

    def room(self, stopped: Callable[[], bool]) -> bool:
        """Wait until intake has kept up; False when it is to be broken off."""
        while self._waiting() > MOST_WAITING:
            if stopped():
                return False
            time.sleep(_PAUSE)
        return True

    def _waiting(self) -> int:
        units = {rule.unit for rule in self._archive.rules} | {self._archive.unit}
        inboxes = (self._settings.inbox(unit) for unit in units if unit is not None)
        return sum(sum(1 for _ in inbox.iterdir()) for inbox in inboxes if inbox.is_dir())

    def _rule(self, origin: Origin, sender: str | None) -> UnitRule | None:
        return next(
            (
                rule
                for rule in self._archive.rules
                if rule.fits(origin.institution, origin.station, sender)
            ),
            None,
        )

    def _again(self) -> None:
        """What lay aside: the rules may have been completed since."""
        if not self._aside.is_dir():
            return
        for file in sorted(self._aside.glob("*.dcm")):
            known = file.with_name(f"{file.stem}{_SENDER}")
            sender = known.read_text("ascii", "replace") if known.is_file() else ""
            data = file.read_bytes()
            if self._to_its_inbox(data, self._origin(data), sender or None):
                file.unlink()
                known.unlink(missing_ok=True)


def name_of(kept: Archived) -> str:
    """Name in an inbox of what an archive keeps: its own, so that nobody pushes the same."""
    return f"{kept.sop_instance_uid}{KEPT_BY}{kept.archive}.dcm"


def _name(origin: Origin, data: bytes) -> str:
    """The object's own name, which is the same each time; else that of its bytes."""
    uid = origin.sop_instance_uid or ""
    return uid if _NAME.fullmatch(uid) else hashlib.sha256(data).hexdigest()


def _sidecar(rule: UnitRule) -> bytes | None:
    if rule.priority is None:
        return None
    return json.dumps({"version": 1, "priority": rule.priority}).encode()
