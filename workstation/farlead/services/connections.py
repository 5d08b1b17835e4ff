"""How every unit, archive and peer stands, and whether it answers now."""

import socket
from collections.abc import Iterator, Mapping

from farlead.clients.dicomweb import DicomWeb
from farlead.clients.secrets import stands_open
from farlead.errors import FarleadError, NotFound, PeerFailed
from farlead.exchange.delivery import Routes
from farlead.messages import Message, message
from farlead.model.connection import Backlog, Connection, Way
from farlead.model.worklist import Source
from farlead.settings import Settings
from farlead.store import Store

_SECONDS = 5.0


def connections(settings: Settings, store: Store) -> list[Connection]:
    """All of the settings, the ways in first; what the settings no longer know is left out."""
    sources = {source.name: source for source in store.worklist().sources}
    backlogs = store.backlogs()
    return [*_in(settings, sources), *_out(settings, backlogs)]


def try_connection(settings: Settings, connection: Connection) -> Message | None:
    """Ask a system now whether it answers; None when it does, else what is wrong.

    A search for an archive, C-ECHO, an HL7 connection, a FHIR capability statement, a file for a
    folder. Nothing of a patient is sent. NotFound for one that the settings do not know.
    """
    try:
        match connection.way:
            case Way.INBOX:
                inbox = settings.inbox(_code(settings, connection.name))
                inbox.mkdir(parents=True, exist_ok=True)
                next(inbox.iterdir(), None)
            case Way.LISTENER:
                _knock(settings)
            case Way.ARCHIVE:
                _search(settings, connection.name)
            case _:
                routes = Routes(settings)
                try:
                    routes.sender(connection.name).test()
                finally:
                    routes.close()
    except NotFound:
        raise
    except FarleadError as error:
        return error.reason
    except OSError as error:
        cause = error.strerror or type(error).__name__
        return message("peers.unreachable", peer=connection.name, cause=cause)
    return None


def open_passwords(settings: Settings) -> Iterator[Message]:
    """Passwords that stand in the settings in clear."""
    kept = {f"archives.{each.name}": each.password for each in settings.archives}
    for unit in settings.units:
        for way in unit.ways:
            kept[f"units.{unit.code}.{way.name}"] = getattr(way, "password", None)
    for place, reference in kept.items():
        if stands_open(reference):
            yield message("peers.open_password", place=place)


def _in(settings: Settings, sources: Mapping[str, Source]) -> Iterator[Connection]:
    for unit in settings.units:
        yield _source(unit.name, Way.INBOX, sources)
    for archive in settings.archives:
        if archive.take:
            yield _source(archive.name, Way.ARCHIVE, sources)
    if settings.listener is not None:
        yield Connection(settings.listener.aet, Way.LISTENER)


def _source(name: str, way: Way, sources: Mapping[str, Source]) -> Connection:
    found = sources.get(name)
    if found is None:
        return Connection(name, way)
    return Connection(name, way, success=found.seen, trouble=found.trouble)


def _out(settings: Settings, backlogs: Mapping[str, Backlog]) -> Iterator[Connection]:
    for unit in settings.units:
        for way in unit.ways:
            name = unit.destination(way)
            stands = backlogs.get(name, Backlog())
            yield Connection(
                name,
                Way(way.kind),
                success=stands.confirmed,
                waiting=stands.waiting,
                parked=stands.parked,
                trouble=stands.trouble,
            )


def _code(settings: Settings, name: str) -> str:
    code = next((unit.code for unit in settings.units if unit.name == name), None)
    if code is None:
        raise NotFound(message("peers.no_connection", name=name))
    return code


def _search(settings: Settings, name: str) -> None:
    archive = next((each for each in settings.archives if each.name == name), None)
    if archive is None:
        raise NotFound(message("peers.no_connection", name=name))
    web = DicomWeb(archive, settings.folder)
    try:
        web.echo()
    finally:
        web.close()


def _knock(settings: Settings) -> None:
    """Whether our own storage service takes connections."""
    listener = settings.listener
    if listener is None:
        raise NotFound(message("peers.no_listener"))
    try:
        socket.create_connection((listener.bind, listener.port), _SECONDS).close()
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise PeerFailed(message("peers.unreachable", peer=listener.aet, cause=cause)) from error
