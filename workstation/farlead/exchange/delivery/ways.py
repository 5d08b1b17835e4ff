"""STOW-RS, HL7 and FHIR: each brings a report to one peer and makes sure of it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from farlead.clients.dicomweb import DicomWeb, FoundInstance, Stowed
from farlead.clients.http import Http
from farlead.clients.mllp import ENCODINGS, Mllp
from farlead.errors import DeliveryFailed, PeerFailed
from farlead.exchange.delivery.fhir_bundle import bundle, report_identifier
from farlead.exchange.delivery.fhir_parts import Json
from farlead.exchange.delivery.fhir_words import word_bundle, word_identifier
from farlead.exchange.delivery.objects import DicomObject, objects_of
from farlead.exchange.delivery.oru import oru
from farlead.exchange.delivery.oru_words import oru_word
from farlead.exchange.delivery.parcel import Parcel, Receipt, Told, Word
from farlead.exchange.delivery.progress import oru_status, status_bundle
from farlead.messages import Language, message
from farlead.peers import Archive, FhirWay, Hl7Way, StowWay

#: Refused: some say so of what they have already.
_CONFLICT = 409


class Stow:
    """STOW-RS into an archive; every object is asked for afterwards and compared."""

    remembers = True  # an archive knows an object by its UID

    def __init__(self, way: StowWay, archive: Archive, folder: Path) -> None:
        self._way = way
        self._web = DicomWeb(archive, folder)

    def send(self, sending: Parcel | Word) -> Receipt:
        """Store what is not there yet, then look for all of it."""
        objects = objects_of(sending, self._way.objects)
        stowed = self._stowed(objects)
        # Some refuse what they have already: what counts is whether it is there.
        missing = [each.uid for each in objects if not self._there(each)]
        if missing:
            peer, why = self._web.archive.name, stowed.failed.get(missing[0])
            raise DeliveryFailed(
                message("peers.not_found_after", peer=peer, uid=missing[0])
                if why is None
                else message("peers.stow_failed", peer=peer, uid=missing[0], reason=why)
            )
        told = message("peers.proof.stow", peer=self._web.archive.name, many=len(objects))
        return Receipt(told)

    def _stowed(self, objects: Sequence[DicomObject]) -> Stowed:
        try:
            return self._web.store([each.data for each in objects])
        except PeerFailed as error:
            if error.status != _CONFLICT or not all(map(self._there, objects)):
                raise
            return Stowed(frozenset(), {})

    def test(self) -> None:
        """A search."""
        self._web.echo()

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def _there(self, each: DicomObject) -> bool:
        """Whether the archive gives the object back, with what it holds unaltered."""
        try:
            got = self._web.retrieve(FoundInstance(each.study, each.series, each.uid))
        except PeerFailed as error:
            if error.status == 404:
                return False
            raise PeerFailed(error.reason, nothing_done=False, status=error.status) from error
        return each.essence in got


class Hl7:
    """ORU^R01 over MLLP; the application acknowledgement is the proof."""

    def __init__(self, way: Hl7Way, hospital: str, folder: Path) -> None:
        self.remembers = way.remembers
        self._way = way
        self._hospital = hospital
        self._folder = folder

    def send(self, sending: Parcel | Word) -> Receipt:
        """One message, one acknowledgement."""
        if isinstance(sending, Parcel):
            said = oru(sending, self._way, self._hospital)
        else:
            said = oru_word(sending, self._way, self._hospital)
        with self._connected() as connection:
            connection.exchange(said)
        told = message("peers.proof.hl7", peer=self._way.host, id=sending.message_id)
        return Receipt(told)

    def tell(self, told: Told) -> None:
        """One message, one acknowledgement."""
        said = oru_status(told, self._way, self._hospital)
        with self._connected() as connection:
            connection.exchange(said)

    def show(self, rows: Sequence[Told], at: datetime, language: Language) -> None:
        """The receiver makes pages of its own."""

    def test(self) -> None:
        """Connect, with TLS where it is used; nothing is said."""
        with self._connected():
            return

    def close(self) -> None:
        """Nothing stays open between two reports."""

    def _connected(self) -> Mllp:
        way = self._way
        return Mllp(
            f"{way.host}:{way.port}",
            way.host,
            way.port,
            self._folder,
            tls=way.tls,
            encoding=ENCODINGS[way.charset],
            timeout=way.timeout_seconds,
        )


class Fhir:
    """A FHIR transaction; the answer names what was created, and is the proof."""

    def __init__(self, way: FhirWay, folder: Path) -> None:
        self.remembers = way.remembers
        self._name = way.name
        self._http = Http(
            way.url,
            way.url,
            folder,
            user=way.user,
            password=way.password,
            tls=way.tls,
            timeout=way.timeout_seconds,
        )

    def send(self, sending: Parcel | Word) -> Receipt:
        """One transaction: all of it or nothing."""
        made, identifier = (
            (bundle(sending), report_identifier(sending))
            if isinstance(sending, Parcel)
            else (word_bundle(sending), word_identifier(sending))
        )
        self._transact(made)
        return Receipt(message("peers.proof.fhir", peer=self._name, id=identifier))

    def tell(self, told: Told) -> None:
        """One task for each study, updated."""
        self._transact(status_bundle(told))

    def show(self, rows: Sequence[Told], at: datetime, language: Language) -> None:
        """The receiver makes pages of its own."""

    def _transact(self, made: Mapping[str, Json]) -> None:
        """Send a transaction; PeerFailed unless every part of it was taken."""
        body = json.dumps(made, ensure_ascii=False).encode()
        kind = "application/fhir+json"
        answer = self._http.post("", body, kind=kind, accept=kind).json()
        statuses = _statuses(answer)
        if not statuses or not all(status[:1] == "2" for status in statuses):
            raise PeerFailed(
                message("peers.fhir_answer", peer=self._name, said=", ".join(statuses) or "–"),
                nothing_done=False,
            )

    def test(self) -> None:
        """Ask what the server can do."""
        self._http.get("metadata", accept="application/fhir+json")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _statuses(answer: object) -> list[str]:
    entries = answer.get("entry") if isinstance(answer, Mapping) else None
    if not isinstance(entries, Sequence):
        return []
    found = (each.get("response") for each in entries if isinstance(each, Mapping))
    return [str(each.get("status", "")) for each in found if isinstance(each, Mapping)]
