"""Orthanc's change feed: what is new, in its own order, faster than searching.

Its numbers outlive a crash of the server, its notes of stable studies do not, and deletions are
not in it: so single objects are taken, and windows are searched beside it.
"""

from dataclasses import dataclass
from pathlib import Path

from farlead.clients.http import Http
from farlead.errors import PeerFailed
from farlead.messages import message
from farlead.peers import Archive

#: Changes asked for at a time.
LOT = 100


@dataclass(frozen=True, slots=True)
class Changes:
    """A part of the feed.

    Parameters
    ----------
    instances : tuple of str
        The archive's own names of new objects.
    last : int
        Number of the last change looked at: where to go on.
    done : bool
        Whether there is nothing after it now.
    """

    instances: tuple[str, ...]
    last: int
    done: bool


class ChangeFeed:
    """The feed of one archive.

    Parameters
    ----------
    archive : Archive
        With `changes`.
    folder : Path
    most_bytes : int
        Largest object that is taken.
    """

    def __init__(self, archive: Archive, folder: Path, *, most_bytes: int = 1 << 30) -> None:
        if archive.changes is None:
            raise ValueError(f"{archive.name} has no change feed")
        self._name = archive.name
        self._http = Http(
            archive.name,
            archive.changes,
            folder,
            user=archive.user,
            password=archive.password,
            tls=archive.tls,
            timeout=archive.timeout_seconds,
            most_bytes=most_bytes,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def last(self) -> int:
        """Number of the newest change."""
        return self._changes({"last": "true"}).last

    def since(self, number: int) -> Changes:
        """Changes after `number`."""
        return self._changes({"since": str(number), "limit": str(LOT)})

    def instance(self, name: str) -> bytes:
        """An object as it was stored; PeerFailed with status 404 when it was deleted since."""
        return self._http.get(f"instances/{name}/file").body

    def sender(self, name: str) -> str:
        """Application entity title that sent an object; empty where it came by another way."""
        try:
            found = self._http.get(f"instances/{name}/metadata/RemoteAET").body
        except PeerFailed as error:
            if error.status == 404:
                return ""
            raise
        return found.decode("ascii", "replace").strip()

    def sender_of(self, sop_instance_uid: str) -> str | None:
        """As `sender`, by the object's own name; None where the archive does not know it."""
        said = self._http.post(
            "tools/lookup", sop_instance_uid.encode("ascii"), kind="text/plain"
        ).json()
        found = said if isinstance(said, list) else []
        names = [each.get("ID") for each in found if each.get("Type") == "Instance"]
        return self.sender(str(names[0])) if names else None

    def _changes(self, query: dict[str, str]) -> Changes:
        said = self._http.get("changes", query=query).json()
        listed = said.get("Changes") if isinstance(said, dict) else None
        if not isinstance(said, dict) or not isinstance(listed, list):
            raise PeerFailed(message("peers.not_json", peer=self._name))
        new = (each for each in listed if each.get("ChangeType") == "NewInstance")
        return Changes(
            instances=tuple(dict.fromkeys(str(each.get("ID")) for each in new)),
            last=int(said.get("Last", 0)),
            done=bool(said.get("Done", True)),
        )
