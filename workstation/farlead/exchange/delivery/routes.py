"""Destinations by name: which unit, which way, and the sender that serves it.

A destination is called ``UNIT`` for the unit's folder and ``UNIT:WAY`` for everything else: that
name stands in the outbox.
"""

import threading
from collections.abc import Iterator

from farlead.errors import DeliveryFailed
from farlead.exchange.delivery.folder import Folder
from farlead.exchange.delivery.parcel import Sender
from farlead.exchange.delivery.storing import CStore
from farlead.exchange.delivery.ways import Fhir, Hl7, Stow
from farlead.messages import message
from farlead.peers import FhirWay, FolderWay, Hl7Way, StoreWay, StowWay, Way
from farlead.settings import Settings


class Routes:
    """Senders of an installation, made when they are first needed.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._senders: dict[str, Sender] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for sender in self._senders.values():
                sender.close()
            self._senders.clear()

    def names(self) -> Iterator[str]:
        """All destinations of the settings."""
        for unit in self._settings.units:
            yield from self._settings.destinations(unit.code)

    def remembers(self, destination: str) -> bool:
        """Whether the receiver recognises a repeat; False for one that is no longer there."""
        way = self._settings.way(destination)
        return way is not None and getattr(way, "remembers", True)

    def sender(self, destination: str) -> Sender:
        """The sender of a destination; DeliveryFailed, SettingsError when there is none."""
        with self._lock:
            known = self._senders.get(destination)
            if known is None:
                known = self._senders[destination] = self._made(destination)
            return known

    def _made(self, destination: str) -> Sender:
        way = self._settings.way(destination)
        if way is None:
            raise DeliveryFailed(message("delivery.no_way", destination=destination))
        return self._of(way, destination)

    def _of(self, way: Way, destination: str) -> Sender:
        folder = self._settings.folder
        match way:
            case FolderWay():
                return Folder(self._settings.outbox(destination))
            case StowWay():
                archive = next(
                    (each for each in self._settings.archives if each.name == way.archive), None
                )
                if archive is None:
                    raise DeliveryFailed(message("delivery.no_archive", archive=way.archive))
                return Stow(way, archive, folder)
            case StoreWay():
                return CStore(way, folder)
            case Hl7Way():
                return Hl7(way, self._settings.hospital, folder)
            case FhirWay():
                return Fhir(way, folder)
