"""How every unit, archive and peer stands, and whether it answers now."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from farlead import peers
from farlead.access.accounts import Session
from farlead.clients.dicomweb import DicomWeb
from farlead.desk import Tending
from farlead.errors import FarleadError, NotFound
from farlead.exchange.delivery import Routes
from farlead.messages import Message, in_both, message
from farlead.model.connection import OUT, Backlog, Connection, Way
from farlead.model.worklist import Source
from farlead.services.ordering import ask_source, knock, open_password, order_ways
from farlead.settings import Clock, Settings, UnitSettings
from farlead.store import Store

#: A way in at which nobody has looked for so long is in trouble: the service does not run.
SILENT = timedelta(seconds=60)


def connections(settings: Settings, store: Store) -> list[Connection]:
    """All of the settings, the ways in first; last what waits for ways that they no longer name."""
    sources = {source.name: source for source in store.sources()}
    backlogs = store.backlogs()
    known = [*_in(settings, sources, store.now()), *_out(settings, backlogs)]
    return [*known, *_unnamed(settings, backlogs)]


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
            case Way.ORDERS | Way.WORKLIST | Way.REQUESTS:
                ask_source(settings, connection)
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


def tending(settings: Settings, store: Store, session: Session, clock: Clock) -> Tending:
    """The connections as this person sees and asks them."""
    return Tending(
        store,
        session,
        partial(connections, settings, store),
        partial(try_connection, settings),
        clock,
    )


def open_passwords(settings: Settings) -> Iterator[Message]:
    """Passwords that stand in the settings in clear."""
    if settings.database is not None and urlsplit(settings.database).password:
        yield message("peers.open_database_password")
    for archive in settings.archives:
        yield from _told(_archive_password(archive))
    for server in settings.orders.services:
        yield from _told(open_password(f"orders.services.{server.name}", server.password))
    for unit in settings.units:
        for way in unit.ways:
            yield from _told(_way_password(unit, way))


def in_row(connection: Connection) -> Message:
    """A connection in one sentence: how it stands, last success, backlog, last error."""
    success = connection.success
    when = success.astimezone().strftime("%m-%d %H:%M:%S") if success else "@peers.never"
    wrong = connection.trouble or message("peers.nothing_wrong")
    return message(
        "peers.row_out" if connection.way in OUT else "peers.row_in",
        name=connection.name,
        way=f"@peers.way.{connection.way}",
        standing=f"@peers.standing.{connection.standing.name.lower()}",
        success=when,
        due=connection.waiting - connection.sent,
        sent=connection.sent,
        parked=connection.parked,
        **in_both("wrong", wrong),
    )


def _told(warning: Message | None) -> Iterator[Message]:
    if warning is not None:
        yield warning


def _archive_password(archive: peers.Archive) -> Message | None:
    return open_password(f"archives.{archive.name}", archive.password)


def _way_password(unit: UnitSettings, way: peers.Way) -> Message | None:
    reference = getattr(way, "password", None)
    return open_password(f"units.{unit.code}.{way.name}", reference)


def _in(settings: Settings, sources: Mapping[str, Source], now: datetime) -> Iterator[Connection]:
    for unit in settings.units:
        inbox = Connection(unit.name, Way.INBOX, address=str(settings.inbox(unit.code)))
        yield _seen(inbox, sources, now)
    for archive in settings.archives:
        if archive.take:
            warning = _archive_password(archive)
            made = Connection(archive.name, Way.ARCHIVE, address=archive.url, warning=warning)
            yield _seen(made, sources, now)
    if settings.listener is not None:
        listener = settings.listener
        address = f"{listener.bind}:{listener.port}"
        yield _seen(Connection(listener.aet, Way.LISTENER, address=address), sources, now)
    for made in order_ways(settings):
        yield _seen(made, sources, now)


def _seen(made: Connection, sources: Mapping[str, Source], now: datetime) -> Connection:
    """A way in, as it was when the service last looked at it."""
    found = sources.get(made.name)
    if found is None:
        return replace(made, title=made.name)
    trouble = found.trouble
    if found.seen is not None and now - found.seen > SILENT:
        trouble = message(
            "peers.not_looked_at", since=found.seen.astimezone().strftime("%m-%d %H:%M:%S")
        )
    return replace(made, title=made.name, success=found.good, trouble=trouble)


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
                sent=stands.sent,
                parked=stands.parked,
                trouble=stands.trouble,
                title=unit.name,
                address=_address(settings, way, name),
                warning=_way_password(unit, way) or _stow_password(settings, way),
            )


def _unnamed(settings: Settings, backlogs: Mapping[str, Backlog]) -> Iterator[Connection]:
    """Where something waits though no unit of the settings names it.

    A unit's own folder takes what no way can carry, and stays; any other way is gone.
    """
    named = {unit.destination(way) for unit in settings.units for way in unit.ways}
    for name, stands in sorted(backlogs.items()):
        if name in named or not (stands.waiting or stands.parked):
            continue
        way = settings.way(name)
        yield Connection(
            name,
            Way(way.kind) if way is not None else Way.REMOVED,
            success=stands.confirmed,
            waiting=stands.waiting,
            sent=stands.sent,
            parked=stands.parked,
            trouble=stands.trouble if way is not None else message("peers.way_removed", name=name),
            title=settings.unit(name.partition(":")[0]).name,
            address=_address(settings, way, name) if way is not None else "",
        )


def _stow_password(settings: Settings, way: peers.Way) -> Message | None:
    """That of the archive to which a way leads."""
    if not isinstance(way, peers.StowWay):
        return None
    found = (_archive_password(each) for each in settings.archives if each.name == way.archive)
    return next(found, None)


def _address(settings: Settings, way: peers.Way, destination: str) -> str:
    match way:
        case peers.FolderWay():
            return str(settings.outbox(destination))
        case peers.StowWay():
            found = (each.url for each in settings.archives if each.name == way.archive)
            return next(found, way.archive)
        case peers.FhirWay():
            return way.url
        case _:
            return f"{way.host}:{way.port}"


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
    knock(listener.aet, listener.bind, listener.port)
