"""Bytes that an archive keeps: fetched by WADO-RS and compared with what was received.

An archive may return other bytes than it was given (another transfer syntax, other headers).
What says the same is taken, and noted; what says something else is refused, and its studies are
marked. Nothing is decided by an archive that does not answer.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from farlead.clients.dicomweb import DicomWeb, FoundInstance
from farlead.errors import ObjectAway, ObjectMissing, PeerFailed, SettingsError, UnreadableFile
from farlead.messages import Message, in_both, message
from farlead.model.archived import Archived, ArchiveTrouble
from farlead.peers import Archive

#: An archive has no such object (PS3.18 8.5), or had it once.
_ABSENT = (404, 410)


class Places(Protocol):
    """Which archive has an object (`farlead.store.Store`)."""

    def archived(self, sha256: str) -> Archived | None:
        """Where an archive has it; None where none is known to."""

    def archive_gave(
        self, sha256: str, *, returned: str | None = None, trouble: ArchiveTrouble | None = None
    ) -> None:
        """Keep what the archive gave; the object's studies are marked while there is trouble."""


class Archives:
    """The archives of the settings, as this station reaches them.

    Parameters
    ----------
    archives : sequence of Archive
    folder : Path
        Home of the store, for relative paths of certificates and passwords.
    places : Places
    digest : callable
        What bytes say, as a hash (:class:`~farlead.model.study.StoredObject`); UnreadableFile,
        SandboxError.
    most_bytes : int
        Largest object that is taken.
    """

    def __init__(
        self,
        archives: Sequence[Archive],
        folder: Path,
        places: Places,
        digest: Callable[[bytes], str],
        *,
        most_bytes: int = 1 << 30,
    ) -> None:
        self._archives = {each.name: each for each in archives}
        self._folder = folder
        self._places = places
        self._digest = digest
        self._most = most_bytes
        self._open: dict[str, DicomWeb] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for web in self._open.values():
                web.close()
            self._open.clear()

    def known(self, sha256: str) -> Archived | None:
        """Where an archive has an object."""
        return self._places.archived(sha256)

    def fetch(self, place: Archived) -> bytes:
        """An object from its archive, saying what it said when it was received.

        Raises
        ------
        ObjectAway
            The archive cannot be asked now.
        ObjectMissing
            It has lost the object, or gives another content; the studies are marked.
        """
        found = b""
        for _ in range(2):  # what a line has damaged comes well the second time
            found = self._retrieved(place)
            if self._is_it(place, found):
                return found
        self._note(place, hashlib.sha256(found).hexdigest(), ArchiveTrouble.ALTERED)
        raise ObjectMissing(message("objects.altered_in_archive", **_named(place)))

    def _is_it(self, place: Archived, found: bytes) -> bool:
        """Whether these bytes are the object's, or others that say the same."""
        sha256 = hashlib.sha256(found).hexdigest()
        if sha256 == place.sha256:
            self._note(place, None, None)
            return True
        if place.digest is None:  # nobody has read it yet: only the bytes themselves will do
            return False
        try:
            same = self._digest(found) == place.digest
        except UnreadableFile:
            return False
        if same:
            self._note(place, sha256, None)
        return same

    def _note(self, place: Archived, returned: str | None, trouble: ArchiveTrouble | None) -> None:
        """Keep what was found, where it is news."""
        if (returned, trouble) != (place.returned, place.trouble):
            self._places.archive_gave(place.sha256, returned=returned, trouble=trouble)

    def _retrieved(self, place: Archived) -> bytes:
        try:
            web = self._web(place.archive)
            instance = FoundInstance(place.study_uid, place.series_uid, place.sop_instance_uid)
            try:
                return web.retrieve(instance)
            except PeerFailed as error:
                if error.status not in _ABSENT or _lists(web, instance):
                    raise
        except (PeerFailed, SettingsError) as error:
            raise ObjectAway(_away(place, error.reason)) from error
        self._note(place, place.returned, ArchiveTrouble.GONE)
        raise ObjectMissing(message("objects.gone_from_archive", **_named(place)))

    def _web(self, name: str) -> DicomWeb:
        with self._lock:
            web = self._open.get(name)
            if web is None:
                archive = self._archives.get(name)
                if archive is None:
                    raise SettingsError(message("objects.no_archive", archive=name))
                web = DicomWeb(archive, self._folder, most_bytes=self._most)
                self._open[name] = web
            return web


def _lists(web: DicomWeb, instance: FoundInstance) -> bool:
    """Whether an archive that does not give an object still names it; PeerFailed.

    So an address that leads nowhere is not taken for an archive that has lost everything.
    """
    if not any(True for _ in web.studies({"StudyInstanceUID": instance.study})):
        return False
    return any(each.uid == instance.uid for each in web.instances(instance.study))


def _named(place: Archived) -> dict[str, str]:
    return {"archive": place.archive, "uid": place.sop_instance_uid}


def _away(place: Archived, cause: Message) -> Message:
    return message("objects.archive_away", archive=place.archive, **in_both("cause", cause))
