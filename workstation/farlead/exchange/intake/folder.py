"""Take uploads from the units' inboxes into the store.

One upload goes these steps, each safe to repeat: bytes to the object folder, decode in the
confined process, store transaction, receipt, removal from the inbox. A crash between any two
of them leaves the file in the inbox; the repeat finds the same bytes and adds nothing.
"""

import hashlib
import logging
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from farlead.errors import FarleadError, InvalidRequest, SandboxError, UnreadableFile
from farlead.exchange.intake.assigning import KEPT_BY, name_of
from farlead.exchange.intake.inbox import Found, Inbox, Print, fingerprint, shown
from farlead.exchange.intake.large import LargeUploads
from farlead.exchange.intake.notices import TAKEN, Notices
from farlead.exchange.intake.receipts import Receipts
from farlead.exchange.intake.request import (
    LARGEST_SIDECAR,
    Requested,
    aware,
    read_request,
    with_hints,
    with_stated,
)
from farlead.exchange.intake.spool import sweep
from farlead.exchange.intake.tally import IntakeResult, Tally, trouble_of
from farlead.exchange.intake.units import unit_folders
from farlead.exchange.intake.upload import Ready, Unexpected, Upload, expected, lots
from farlead.exchange.turns import Turns
from farlead.messages import message
from farlead.model.people import names_somebody
from farlead.model.recording import Description
from farlead.model.study import Kind, Priority, ScreeningState, StoredObject
from farlead.objects import ObjectFolder
from farlead.sandbox import Sandbox
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Arrival, Store, Stored

_LOG = logging.getLogger(__name__)
_ALONE_SECONDS = 900  # a sidecar without its file is told after this time
_SWEPT = timedelta(minutes=10)
_ACTOR = "service:intake"
_DESCRIBE = "farlead.formats:describe"
#: So many are brought to the disk at the same time.
_AT_ONCE = 4

_T = TypeVar("_T")


class FolderIntake:
    """Intake from ``inbox/<unit>/``.

    Parameters
    ----------
    settings : Settings
    store : Store
    objects : ObjectFolder
    sandbox : Sandbox
        In which files are decoded.
    clock : callable
    turns : Turns
        What this process has in hand: an inbox is emptied by one process at a time.
    arrived : callable
        Called when some have been stored, while others are still being read.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        sandbox: Sandbox,
        clock: Clock = utc_now,
        turns: Turns | None = None,
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._arrived = arrived
        self._store = store
        self._objects = objects
        self._sandbox = sandbox
        self._clock = clock
        self._turns = turns or Turns(store)
        self._inboxes: dict[str, Inbox] = {}
        self._swept: dict[str, datetime] = {}  # when receipts are looked through again
        self._stuck: dict[Path, Print] = {}  # taken, but not removable
        self._doubtful: dict[Path, Print] = {}  # failed in the sandbox once
        self._large = LargeUploads(self._put_once)
        for unit in settings.units:
            settings.inbox(unit.code).mkdir(parents=True, exist_ok=True)

    def run_once(self, limit: int = 64) -> IntakeResult:
        """Look at the inboxes and take what has come to rest, the most urgent first.

        Where several processes serve, each takes its share of the units that have sent something.

        Parameters
        ----------
        limit : int
            Most files of one look, so that an emergency that comes meanwhile is not behind a
            large series; the others count as waiting.

        Raises
        ------
        StoreError
            The store cannot be written; all files are still where they were.
        """
        counted = Tally()
        folders, strays = unit_folders(self._settings)
        counted.troubles += strays
        with ExitStack() as turns:
            uploads: list[Upload] = []
            for unit, folder in self._mine(folders, turns, counted):
                with counted.at(unit):
                    uploads += self._look(unit, folder, counted)
                    self._forget_old(unit)
            arrived = len(uploads)
            uploads = self._in_turn([each for each in uploads if not self._large.waits(each)])
            counted.waiting += arrived - len(uploads)
            if uploads:  # the disk flushes several as fast as one
                pool = turns.enter_context(ThreadPoolExecutor(_AT_ONCE))
                for lot in lots(uploads[:limit]):
                    self._take(lot, pool, counted)
            counted.waiting += len(uploads[limit:])
            counted.more = bool(uploads[limit:]) or counted.more
        return counted.result()

    def _mine(
        self, folders: list[tuple[str, Path]], turns: ExitStack, counted: Tally
    ) -> Iterator[tuple[str, Path]]:
        """Those of the inboxes that have something in them which no other process empties now."""
        busy = [each for each in folders if _holds_something(each[1])]
        share = len(busy)
        if share > 1:
            share = -(-share // self._turns.processes())
            random.shuffle(busy)
        for unit, folder in busy:
            if not share:
                counted.more = True
                return
            if turns.enter_context(self._turns.turn(f"inbox {unit}")) is not None:
                share -= 1
                yield unit, folder

    def _in_turn(self, uploads: list[Upload]) -> list[Upload]:
        """The most urgent first; among equals the units take turns, each its oldest first.

        So one unit that sends a year's archive does not stand before the others.
        """
        uploads.sort(key=lambda upload: upload.file.print.changed)
        turns: Counter[tuple[str, Priority]] = Counter()
        placed = []
        for upload in uploads:
            turn = turns[upload.unit, upload.priority]
            turns[upload.unit, upload.priority] += 1
            doubtful = upload.file.path in self._doubtful
            placed.append(((doubtful, -upload.priority, turn), upload))
        placed.sort(key=lambda each: each[0])
        return [upload for _, upload in placed]

    def _look(self, unit: str, folder: Path, counted: Tally) -> Iterator[Upload]:
        """Uploads of one unit that can be taken now; late sidecars are used at once."""
        inbox = self._inboxes.setdefault(unit, Inbox(folder))
        files, troubles = inbox.look()
        counted.troubles += troubles
        files = [file for file in files if self._stuck.get(file.path) != file.print]
        settle = self._settings.settle_seconds
        rested = {file.name for file in inbox.rested(files, self._clock(), settle)}
        sidecars = {file.name: file for file in files if file.is_sidecar}
        uploads = [file for file in files if not file.is_sidecar]
        belonging: set[str] = set()
        for file in uploads:
            sidecar = next((sidecars[n] for n in file.sidecar_names if n in sidecars), None)
            belonging |= {sidecar.name} if sidecar else set()
            if not rested.issuperset({file.name, sidecar.name if sidecar else file.name}):
                counted.waiting += 1
            else:
                with counted.told(file.name):
                    yield self._with_request(Upload(unit, file, sidecar))
        for name, sidecar in sidecars.items():
            if name not in belonging and name in rested:
                with counted.told(name):
                    self._late(unit, sidecar, counted)
            elif name not in belonging:
                counted.waiting += 1

    def _with_request(self, upload: Upload) -> Upload:
        if upload.sidecar is None:
            return upload
        try:
            return replace(upload, request=read_request(_bytes_of(upload.sidecar), self._today()))
        except InvalidRequest as error:
            return replace(upload, request=error)
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - logged whole; one sidecar must not stop the others
            _LOG.exception("a request could not be read")
            return replace(upload, request=InvalidRequest(message("intake.unexpected"), field=""))

    def _take(self, lot: Sequence[Upload], pool: ThreadPoolExecutor, counted: Tally) -> None:
        """Bytes and content of each, then one store transaction for all."""
        ready: list[Ready] = []
        puts = [self._large.copied(each) or pool.submit(self._put_once, each) for each in lot]
        for one, put in zip(lot, puts, strict=True):
            with counted.at(one.unit), counted.told(one.file.name):
                before, stored = put.result()
                upload = replace(one, archived=before.archived)
                if stored is None:  # it changed meanwhile: somebody is still writing
                    counted.waiting += 1
                else:
                    ready += self._or_aside(upload, stored, counted, self._read)
        new = list(self._added(ready, counted))
        if new:
            self._arrived()
        for each, added in new:
            with counted.at(each.upload.unit), counted.told(each.upload.file.name):
                self._kept(each, added, counted)

    def _added(self, ready: Sequence[Ready], counted: Tally) -> Iterator[tuple[Ready, Stored]]:
        """What the store made of them; one that it fails on does not take the others along."""
        if len(ready) > 1:
            try:
                yield from zip(
                    ready, self._store.add_objects([e.arrival for e in ready]), strict=True
                )
            except (FarleadError, OSError):
                raise
            except Exception:  # noqa: BLE001 - logged whole below, for the one that it is about
                _LOG.warning("a lot of %s is taken one by one", len(ready))
            else:
                return
        for each in ready:
            with counted.at(each.upload.unit), counted.told(each.upload.file.name):
                alone = self._or_aside(each.upload, each.stored, counted, partial(self._add, each))
                yield from ((each, stored) for stored in alone)

    def _or_aside(
        self,
        upload: Upload,
        stored: StoredObject,
        counted: Tally,
        step: Callable[[Upload, StoredObject], _T],
    ) -> list[_T]:
        """What a step comes to; nothing where the upload is set aside, or tried once more."""
        try:
            return [expected(step, upload, stored)]
        except (SandboxError, Unexpected) as error:
            if self._doubtful.get(upload.file.path) != upload.file.print:
                # The machine may have been short of time or memory: one more try, after all others.
                self._doubtful[upload.file.path] = upload.file.print
                counted.waiting += 1
                return []
            counted.studies.append(self._set_aside(upload, stored, error, counted))
        except (UnreadableFile, InvalidRequest) as error:
            counted.studies.append(self._set_aside(upload, stored, error, counted))
        self._finish(upload, stored, counted)
        return []

    def _kept(self, each: Ready, added: Stored, counted: Tally) -> None:
        """The store has it: count it, tell what is to be told, clear the inbox."""
        upload = each.upload
        known = added.new_object and added.quarantined is None
        if upload.archived and not known and self._aside(added):
            self._objects.put_file(upload.file.path)  # what nobody can compare is kept here
        self._told(each, added, counted)
        if upload.sidecar is not None and added.refused is None:
            self._notices(upload.unit).withdraw(shown(upload.sidecar.name))
        elif upload.sidecar is not None and added.refused is not None:
            refused = InvalidRequest(added.refused, field=added.field)
            self._refuse(upload.unit, upload.sidecar, refused, counted)
        counted.studies.append(added.study_id)
        self._finish(upload, each.stored, counted)

    def _aside(self, added: Stored) -> bool:
        return self._store.study(added.study_id).quarantine is not None

    def _put_once(self, upload: Upload) -> tuple[Upload, StoredObject | None]:
        """The upload, as it is known whether an archive keeps its bytes, and these as an object."""
        upload = replace(upload, archived=self._is_archived(upload.file))
        return upload, self._put(upload.file, archived=upload.archived)

    def _is_archived(self, file: Found) -> bool:
        """Whether an archive keeps this file, which intake from that archive has handed in."""
        if KEPT_BY not in file.name:
            return False
        with file.path.open("rb") as data:
            sha256 = hashlib.file_digest(data, "sha256").hexdigest()
        kept = self._store.archived(sha256)
        return kept is not None and name_of(kept) == file.name

    def _put(self, file: Found, *, archived: bool = False) -> StoredObject | None:
        """The upload's bytes as an object; None when the file changed while it was read."""
        put = self._objects.put_archived if archived else self._objects.put_file
        sha256, size = put(file.path)
        if fingerprint(file.path) != file.print or size != file.print.size:
            return None
        return StoredObject(sha256, size, sha256, shown(file.name), received=self._clock())

    def _read(self, upload: Upload, stored: StoredObject) -> Ready:
        """Decode, and what the unit asks for."""
        asked = upload.request
        if isinstance(asked, InvalidRequest):
            raise asked
        limit = self._settings.largest_file
        if stored.size > limit:
            raise UnreadableFile(message("formats.too_large", found=stored.size, limit=limit))
        if upload.archived:  # as it was handed in: nobody else writes under this name
            return Ready(upload, stored, self._arrival(upload, asked, stored, upload.file.path))
        with self._objects.lent(stored.sha256) as path:
            return Ready(upload, stored, self._arrival(upload, asked, stored, path))

    def _add(self, each: Ready, *_: object) -> Stored:
        """One store transaction."""
        return self._store.add_object(each.arrival)

    def _today(self) -> date:
        return self._clock().astimezone().date()

    def _told(self, each: Ready, added: Stored, counted: Tally) -> None:
        """Count what the store made of it; tell the unit when it was set aside after all.

        A study that nobody has named yet is on the list, and the unit is told that it names no
        patient; a late sidecar that does so withdraws that.
        """
        if each.cleaned:
            self._store.audit(_ACTOR, "request.cleaned", f"study:{added.study_id}")
        notices, stored = self._notices(each.upload.unit), each.stored
        if added.quarantined is not None:
            counted.quarantined += 1
            error = UnreadableFile(added.quarantined)
            notices.tell(stored.file_name, error, stored.sha256, self._clock())
            return
        counted.taken += 1
        if added.new_study and names_somebody(each.arrival.content_patient):
            notices.withdraw(stored.file_name)
            return
        study = self._store.study(added.study_id)
        for name in {stored.file_name, *(known.file_name for known in study.objects)}:
            notices.withdraw(name)
        if not names_somebody(study.patient):
            error = UnreadableFile(message("intake.no_patient"))
            notices.tell(stored.file_name, error, stored.sha256, self._clock(), state=TAKEN)

    def _arrival(
        self, upload: Upload, requested: Requested, stored: StoredObject, path: Path
    ) -> Arrival:
        found = self._sandbox.call(_DESCRIBE, path, seconds=self._settings.decode_seconds)
        if not isinstance(found, Description):
            raise TypeError(f"{_DESCRIBE} answered with {type(found)}")
        identity = found.identity
        acquired = aware(found.start)
        days = (self._today(), *([acquired.date()] if acquired else []))
        patient = with_stated(found.patient, requested.patient, days, found.notes)
        return Arrival(
            unit_code=upload.unit,
            kind=found.kind,
            content_identity=identity,
            content_patient=patient,
            acquired=acquired,
            object=replace(
                stored,
                digest=found.digest,
                sop_instance_uid=identity.sop_instance_uid,
                sop_class_uid=identity.sop_class_uid,
            ),
            request=with_hints(requested.request, found.hints, identity.accession),
            screening=ScreeningState.PENDING
            if found.kind is Kind.ECG
            else ScreeningState.NOT_APPLICABLE,
            stated=replace(requested.patient, doubt=patient.doubt),
            late=upload.file.is_sidecar,
        )

    def _set_aside(
        self, upload: Upload, stored: StoredObject, error: FarleadError, counted: Tally
    ) -> int:
        """To quarantine, bytes untouched, the sender told; a wrong sidecar goes along."""
        counted.quarantined += 1
        if upload.archived:
            self._objects.put_file(upload.file.path)
        study = self._store.add_quarantined(upload.unit, stored, error.reason)
        sidecar = self._put(upload.sidecar) if upload.sidecar is not None else None
        if sidecar is not None:
            own = isinstance(error, InvalidRequest)
            reason = error.reason if own else message("intake.beside", name=stored.file_name)
            self._store.add_quarantined(upload.unit, sidecar, reason)
        self._notices(upload.unit).tell(stored.file_name, error, stored.sha256, self._clock())
        return study

    def _finish(self, upload: Upload, stored: StoredObject, counted: Tally) -> None:
        """The store has it: leave a receipt and clear the inbox."""
        self._doubtful.pop(upload.file.path, None)
        receipts = self._receipts(upload.unit)
        for name in upload.file.sidecar_names:
            receipts.write(name, stored.sha256)
        self._remove(upload.file, counted)
        if upload.sidecar is not None and not self._others(upload):
            self._remove(upload.sidecar, counted)

    def _others(self, upload: Upload) -> bool:
        """Whether another file in the inbox still needs this sidecar."""
        if upload.sidecar is None:
            return False
        folder = upload.sidecar.path.parent
        stem = upload.sidecar.path.name.removesuffix(".request.json")
        return any(
            other.name == stem or other.stem == stem
            for other in folder.iterdir()
            if other != upload.file.path and not other.name.endswith(".request.json")
        )

    def _late(self, unit: str, sidecar: Found, counted: Tally) -> None:
        """A sidecar without its file: for a study that has been taken, or too early."""
        sha256 = self._receipts(unit).find(sidecar.name)
        if sha256 is None or not self._objects.exists(sha256):
            counted.waiting += 1
            if self._clock().timestamp() - sidecar.print.changed / 1e9 > _ALONE_SECONDS:
                counted.troubles.append(message("intake.sidecar_alone", name=shown(sidecar.name)))
            return
        upload = self._with_request(Upload(unit, sidecar, sidecar))
        stored = StoredObject(
            sha256,
            self._objects.size(sha256),
            sha256,
            shown(sidecar.name),
            received=self._clock(),
        )
        try:
            each = expected(self._read, upload, stored)
            added = expected(self._add, each)
            if added.refused is not None:
                raise InvalidRequest(added.refused, field=added.field)
            self._told(each, added, counted)
            counted.studies.append(added.study_id)
        except (UnreadableFile, InvalidRequest, SandboxError, Unexpected) as error:
            if not self._refuse(unit, sidecar, error, counted):
                counted.waiting += 1
                return
        self._remove(sidecar, counted)

    def _refuse(self, unit: str, sidecar: Found, error: FarleadError, counted: Tally) -> bool:
        """A sidecar alone to quarantine, the unit told; False when it is still being written."""
        own = self._put(sidecar)
        if own is None:
            return False
        counted.quarantined += 1
        counted.studies.append(self._store.add_quarantined(unit, own, error.reason))
        self._notices(unit).tell(own.file_name, error, own.sha256, self._clock())
        return True

    def _remove(self, file: Found, counted: Tally) -> None:
        """Clear the inbox of exactly what was read; a newer file of the same name stays."""
        if fingerprint(file.path) != file.print:
            return
        try:
            file.path.unlink(missing_ok=True)
        except OSError as error:
            self._stuck[file.path] = file.print
            counted.troubles.append(trouble_of("intake.not_removed", file.name, error))

    def _forget_old(self, unit: str) -> None:
        """Old receipts and parts, now and then: looking for them takes longer than an upload."""
        now = self._clock()
        if now >= self._swept.get(unit, now):
            self._receipts(unit).forget_old(now)
            sweep(self._settings.inbox(unit), now)
            self._swept[unit] = now + _SWEPT

    def _receipts(self, unit: str) -> Receipts:
        return Receipts(self._settings.folder / "receipts" / unit)

    def _notices(self, unit: str) -> Notices:
        return Notices(self._settings.outbox(unit))


def _holds_something(folder: Path) -> bool:
    """Whether there is anything in a folder; one that cannot be read is told by who looks."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return True


def _bytes_of(sidecar: Found) -> bytes:
    with sidecar.path.open("rb") as file:
        return file.read(LARGEST_SIDECAR + 1)
