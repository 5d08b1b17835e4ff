"""A DICOMweb archive: QIDO-RS, WADO-RS and STOW-RS (DICOM PS3.18 chapters 8 and 10)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farlead.clients.http import Http
from farlead.clients.multipart import parts, related
from farlead.errors import PeerFailed
from farlead.messages import message
from farlead.peers import Archive

#: Studies or instances asked for at a time: a server may stop at a page of its own.
PAGE: Final = 50
_JSON, _DICOM = "application/dicom+json", "application/dicom"
_STUDY_UID, _SERIES_UID, _SOP_UID = "0020000D", "0020000E", "00080018"
_COUNT, _MODALITIES, _MODALITY = "00201208", "00080061", "00080060"
_FAILED_SEQUENCE, _STORED_SEQUENCE = "00081198", "00081199"
_REFERENCED, _REASON = "00081155", "00081197"


@dataclass(frozen=True, slots=True)
class FoundStudy:
    """A study as a search names it; `instances` is None where the archive does not count."""

    uid: str
    instances: int | None
    modalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundInstance:
    """An object as a search names it."""

    study: str
    series: str
    uid: str
    modality: str | None = None


@dataclass(frozen=True, slots=True)
class Stowed:
    """What an archive says of the objects that it was given, by SOP Instance UID.

    `failed` has its reason as a number (PS3.18 Table I.2-2). Both are empty where it took them
    and says nothing that can be read.
    """

    stored: frozenset[str]
    failed: Mapping[str, int]


class DicomWeb:
    """Client of one archive.

    Parameters
    ----------
    archive : Archive
    folder : Path
        Home of the store, for relative paths of certificates and passwords.
    most_bytes : int
        Largest object that is taken.
    """

    def __init__(self, archive: Archive, folder: Path, *, most_bytes: int = 1 << 30) -> None:
        self.archive = archive
        self._http = Http(
            archive.name,
            archive.url,
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

    def echo(self) -> None:
        """A search for one study; PeerFailed says what is wrong."""
        self._page("studies", {}, 1, 0)

    def studies(self, query: Mapping[str, str]) -> Iterator[FoundStudy]:
        """Studies that match, page by page; each once."""
        fields = {**query, "includefield": f"{_COUNT},{_MODALITIES}"}
        for found in self._search("studies", fields, _STUDY_UID):
            count = _text(found, _COUNT)
            yield FoundStudy(
                _text(found, _STUDY_UID),
                int(count) if count.isdigit() else None,
                _texts(found, _MODALITIES),
            )

    def instances(self, study: str) -> Iterator[FoundInstance]:
        """Objects of a study."""
        path = f"studies/{study}/instances"
        for found in self._search(path, {"includefield": _MODALITY}, _SOP_UID):
            if series := _text(found, _SERIES_UID):
                uid, modality = _text(found, _SOP_UID), _text(found, _MODALITY)
                yield FoundInstance(study, series, uid, modality or None)

    def retrieve(self, instance: FoundInstance) -> bytes:
        """An object as it was stored, in its own transfer syntax; PeerFailed."""
        path = f"studies/{instance.study}/series/{instance.series}/instances/{instance.uid}"
        accept = f'multipart/related; type="{_DICOM}"; transfer-syntax=*'
        answer = self._http.get(path, accept=accept)
        found = next(iter(parts(answer.kind, answer.body)), b"")
        if not found:
            raise PeerFailed(message("peers.empty", peer=self.archive.name, uid=instance.uid))
        return found

    def store(self, objects: Sequence[bytes]) -> Stowed:
        """Store objects; PeerFailed when the archive refuses all of them.

        Its ``nothing_done`` is False where the answer got lost: they may be there.
        """
        kind, body = related(_DICOM, objects)
        # 409 lists what failed like 200 does; both are answers, not failures of the connection.
        try:
            answer = self._http.post("studies", body, kind=kind, accept=_JSON)
        except PeerFailed as error:
            if error.status is not None and error.status < 500:
                raise
            raise PeerFailed(error.reason, nothing_done=False, status=error.status) from error
        try:
            said = answer.json(plain=True)
        except PeerFailed:  # taken, said in a form of its own: whoever stores looks for them
            said = None
        if not isinstance(said, dict):
            return Stowed(frozenset(), {})
        stored = {_text(item, _REFERENCED) for item in _items(said, _STORED_SEQUENCE)}
        failed = {
            _text(item, _REFERENCED): int(_text(item, _REASON) or 0)
            for item in _items(said, _FAILED_SEQUENCE)
        }
        return Stowed(frozenset(stored), failed)

    def _search(
        self, path: str, query: Mapping[str, str], name: str
    ) -> Iterator[Mapping[str, object]]:
        """All pages, each entry once by its UID, which is the attribute `name`.

        Until a page brings nothing new: a server may give fewer than were asked for, or more, or
        the same for every page, because it knows none.
        """
        offset, seen = 0, {""}
        while found := self._page(path, query, PAGE, offset):
            new = {_text(each, name): each for each in found if _text(each, name) not in seen}
            if not new:
                return
            yield from new.values()
            seen.update(new)
            offset += len(found)

    def _page(
        self, path: str, query: Mapping[str, str], limit: int, offset: int
    ) -> list[Mapping[str, object]]:
        asked = {**query, "limit": str(limit), "offset": str(offset)}
        found = self._http.get(path, query=asked, accept=_JSON).json(plain=True)
        if found is None:  # 204: nothing matches
            return []
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise PeerFailed(message("peers.not_json", peer=self.archive.name))
        return found


def _values(found: Mapping[str, object], tag: str) -> list[object]:
    element = found.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    return values if isinstance(values, list) else []


def _texts(found: Mapping[str, object], tag: str) -> tuple[str, ...]:
    return tuple(str(value).strip() for value in _values(found, tag) if value is not None)


def _text(found: Mapping[str, object], tag: str) -> str:
    return next(iter(_texts(found, tag)), "")


def _items(found: Mapping[str, object], tag: str) -> list[Mapping[str, object]]:
    return [item for item in _values(found, tag) if isinstance(item, dict)]
