"""The hub of a simulated morning: settings, readers with keys, and an empty store."""

from math import ceil
from pathlib import Path

from farlead.access.demo_authority import DEMO_PIN, DemoReader, make_demo_keys
from farlead.access.keys import Credential
from farlead.errors import SettingsError
from farlead.journal.journal import journal_key
from farlead.messages import message
from farlead.model.people import Role
from farlead.settings import (
    ClaimSettings,
    ContactSettings,
    CriticalSettings,
    MarkSettings,
    Promised,
    Settings,
    SigningSettings,
    UnitSettings,
    save_settings,
)
from farlead.simulate.plan import Plan, unit_code
from farlead.store import Store

#: Seconds of the wall clock: a lease outlasts the program's own work, which no clock makes faster.
SHORTEST_LEASE = 20

_CONTACTS = (ContactSettings(name="模拟值班医师", role="急诊", number="0000-0000-601"),)


def make_house(
    plan: Plan, folder: Path, database: str | None = None, rules: Path | None = None
) -> Settings:
    """Settings, keys and store of a hub whose times all run as fast as the morning.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Becomes the hub's; it must be empty.
    database : str, optional
        Address of an empty PostgreSQL database; the embedded store without one.
    rules : Path, optional
        An institution's own table of screening rules.

    Raises
    ------
    SettingsError
        The folder or the database is not empty: invented studies have no place in a real store.
    """
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(message("simulate.folder_in_use", folder=str(folder)))
    if database is not None and not Store.is_empty(database):
        raise SettingsError(message("simulate.database_in_use"))
    settings = _settings(plan, folder.absolute(), database, rules)
    save_settings(settings)
    journal_key(settings)  # once, before all stations ask for it
    _admit_readers(settings, plan)
    return settings


def _settings(plan: Plan, folder: Path, database: str | None, rules: Path | None) -> Settings:
    speed = plan.size.speed
    usual, held = Promised(), ClaimSettings()
    marks = CriticalSettings()
    return Settings(
        folder=folder,
        database=database,
        hospital="模拟牵头医院（演示）",
        station="模拟阅图席",
        units=tuple(_unit(number) for number in range(1, plan.size.units + 1)),
        promised=Promised(
            **{name: _scaled(value, speed) for name, value in usual.model_dump().items()}
        ),
        claim=ClaimSettings(lease=max(_scaled(held.lease, speed), SHORTEST_LEASE)),
        critical=CriticalSettings(
            unopened_minutes=marks.unopened_minutes / speed,
            escalation=tuple(
                MarkSettings(minutes=each.minutes / speed, tells=each.tells)
                for each in marks.escalation
            ),
        ),
        signing=SigningSettings(key_signatures=10_000),
        screening_rules=rules.absolute() if rules is not None else None,
        demo=True,
    )


def _scaled(seconds: int, speed: float) -> int:
    return max(ceil(seconds / speed), 1)


def _unit(number: int) -> UnitSettings:
    name = f"模拟第 {number} 卫生院（演示）"
    return UnitSettings(code=unit_code(number), name=name, contacts=_CONTACTS)


def _admit_readers(settings: Settings, plan: Plan) -> None:
    readers = [
        DemoReader(shift.login, f"模拟医师{place:02d}")
        for place, shift in enumerate(plan.shifts, 1)
    ]
    files = make_demo_keys(settings, readers)
    with Store.of(settings) as store:
        for reader in readers:
            credential = Credential.from_pkcs12(files[reader.login], DEMO_PIN)
            store.add_account(
                reader.login, reader.name, Role.READER, certificate=credential.fingerprint
            )
