"""Whose an object of an archive is, and into which inbox it goes."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

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
        self._handed: set[Path] = set()  # which may lie there still
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

    def take(self, data: bytes, sender: str | None) -> bool:
        """Hand an object to its unit's inbox; on the disk when this returns.

        Parameters
        ----------
        data : bytes
        sender : str or None
            Title of who sent it; empty where it had none, None where that is not known.

        Returns
        -------
        bool
            Whether it is of a kind that is taken.
        """
        origin = self._origin(data)
        kinds = self._archive.modalities
        if kinds and origin is not None and origin.modality not in (None, *kinds):
            return False
        assigned = self._to_its_inbox(data, origin, sender)
        with self._lock:
            self.taken += assigned
            self.unassigned += not assigned
        if not assigned:
            self._keep_aside(data, _name(origin, data), sender)
        return True

    def _keep_aside(self, data: bytes, name: str, sender: str | None) -> None:
        self._aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sender is not None:
            (self._aside / f"{name}{_SENDER}").write_bytes(sender.encode())
        hand_in(data, self._aside, f"{name}.dcm", settle=0)

    def _origin(self, data: bytes) -> Origin | None:
        """Where it comes from; None where its header cannot be read: intake says what is wrong."""
        for _ in range(2):  # the machine may have been short of time
            try:
                return self._asked_origin(data)
            except UnreadableFile:
                return None
            except SandboxError:
                continue
        return None

    def _asked_origin(self, data: bytes) -> Origin:
        found = self._sandbox.call(_ORIGIN, data, seconds=self._settings.decode_seconds)
        if not isinstance(found, Origin):
            raise TypeError(f"{_ORIGIN} answered with {type(found)}")
        return found

    def _to_its_inbox(self, data: bytes, origin: Origin | None, sender: str | None) -> bool:
        """Hand in what a rule assigns; whether one does."""
        found = self._assigned(origin, sender)
        if found is None:
            return False
        unit, rule = found
        inbox = self._settings.inbox(unit)
        inbox.mkdir(parents=True, exist_ok=True)
        kept = self._kept(origin, data)
        if kept is not None:
            self._note(kept)
        place = hand_in(
            data,
            inbox,
            f"{_name(origin, data)}.dcm" if kept is None else name_of(kept),
            request=_sidecar(rule) if rule else None,
            settle=self._settings.settle_seconds,
        )
        with self._lock:
            self._handed.add(place)
        self._no_longer_aside(_name(origin, data))
        return True

    def _no_longer_aside(self, name: str) -> None:
        """It is known by now whose it is."""
        if self._aside.is_dir():
            (self._aside / f"{name}.dcm").unlink(missing_ok=True)
            (self._aside / f"{name}{_SENDER}").unlink(missing_ok=True)

    def _kept(self, origin: Origin | None, data: bytes) -> Archived | None:
        """Where the archive keeps an object; None where the hub does, or it cannot be asked for."""
        if origin is None:
            return None
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
        """Wait until intake has kept up with what this archive gave; False to break off.

        What else lies in an inbox is none of its concern, and may lie there for good.
        """
        while self._waiting() > MOST_WAITING:
            if stopped():
                return False
            time.sleep(_PAUSE)
        return True

    def _waiting(self) -> int:
        with self._lock:
            if len(self._handed) > MOST_WAITING:
                self._handed = {place for place in self._handed if place.exists()}
            return len(self._handed)

    def _assigned(
        self, origin: Origin | None, sender: str | None
    ) -> tuple[str, UnitRule | None] | None:
        """The unit, and the rule that says so; None where nobody can tell."""
        for rule in self._archive.rules:
            if origin is None:
                return None
            fits = rule.fits(origin.institution, origin.station, sender)
            if fits is None:
                return None
            if fits:
                return rule.unit, rule
        return (self._archive.unit, None) if self._archive.unit is not None else None

    def _again(self) -> None:
        """What lay aside: the rules may have been completed since."""
        if not self._aside.is_dir():
            return
        for file in sorted(self._aside.glob("*.dcm")):
            known = file.with_name(f"{file.stem}{_SENDER}")
            sender = known.read_text("ascii", "replace") if known.is_file() else None
            data = file.read_bytes()
            if self._to_its_inbox(data, self._origin(data), sender):
                file.unlink(missing_ok=True)
                known.unlink(missing_ok=True)


def name_of(kept: Archived) -> str:
    """Name in an inbox of what an archive keeps: its own, so that nobody pushes the same."""
    return f"{kept.sop_instance_uid}{KEPT_BY}{kept.archive}.dcm"


def _name(origin: Origin | None, data: bytes) -> str:
    """The object's own name, which is the same each time; else that of its bytes."""
    uid = (origin.sop_instance_uid if origin is not None else None) or ""
    return uid if _NAME.fullmatch(uid) else hashlib.sha256(data).hexdigest()


def _sidecar(rule: UnitRule) -> bytes | None:
    if rule.priority is None:
        return None
    return json.dumps({"version": 1, "priority": rule.priority}).encode()
