"""A whole house in a temporary folder: units, two readers with certificates, real services."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from farlead import services
from farlead.access.demo_authority import DEMO_PIN, DemoReader, make_demo_keys
from farlead.access.keys import Credential
from farlead.model.people import Role
from farlead.model.worklist import Row
from farlead.services import Services
from farlead.settings import Settings, UnitSettings, save_settings
from kept_sandboxes import open_kept_sandbox

PIN = DEMO_PIN
READER = DemoReader("reader", "示例医师甲")
SECOND = DemoReader("second", "示例医师乙")
UNIT = "jia"


@dataclass
class House:
    """Settings and services of one test installation."""

    settings: Settings
    services: Services

    def drop(self, name: str, data: bytes, unit: str = UNIT, sidecar: str | None = None) -> Path:
        """A unit's upload, as its software leaves it."""
        inbox = self.settings.inbox(unit)
        inbox.mkdir(parents=True, exist_ok=True)
        if sidecar is not None:
            (inbox / f"{name}.request.json").write_text(sidecar, "utf-8")
        (inbox / name).write_bytes(data)
        return inbox / name

    def take_in(self) -> None:
        """Intake and screening until nothing is left to do."""
        intake = self.services.intake()
        for _ in range(3):
            intake.run_once()
        while self.services.screening().run_once():
            pass

    def rows(self) -> tuple[Row, ...]:
        """The list, in its order."""
        return self.services.store.worklist().rows

    def waiting(self) -> tuple[Row, ...]:
        """The list without what could not be read."""
        return tuple(row for row in self.rows() if row.study.quarantine is None)


def house_settings(folder: Path) -> Settings:
    """Settings of a small hospital; uploads count as settled at once."""
    return Settings(
        folder=folder,
        units=(
            UnitSettings(code=UNIT, name="甲县人民医院"),
            UnitSettings(code="yi", name="乙镇卫生院"),
        ),
        settle_seconds=0.0,
        demo=True,
    )


def add_readers(house: Services) -> None:
    """Two readers with their demo certificates."""
    files = make_demo_keys(house.settings, (READER, SECOND))
    for reader, role in ((READER, Role.READER), (SECOND, Role.SENIOR_READER)):
        credential = Credential.from_pkcs12(files[reader.login], PIN)
        house.store.add_account(reader.login, reader.name, role, certificate=credential.fingerprint)


@cache
def _empty() -> Settings:
    """A house with an empty store and its readers' keys: made once, copied by all others."""
    folder = Path(tempfile.mkdtemp(prefix="farlead-house-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = house_settings(folder)
    with services.open_services(settings):
        make_demo_keys(settings, (READER, SECOND))
    return settings


def _furnish(settings: Settings) -> None:
    """An empty store and keys, where there are none yet; a store on a server is its owner's."""
    made = _empty()
    if not settings.keys.exists():
        shutil.copytree(made.keys, settings.keys)
        if settings.database is None and not Path(settings.store).exists():
            shutil.copy2(made.store, settings.store)


@contextmanager
def open_house(
    folder: Path, settings: Settings | None = None, *, own_keys: bool = False
) -> Iterator[House]:
    """A house, closed at the end; the readers' keys are those of other houses, or its own.

    Its confined processes are those of the house before, where there was one.
    """
    settings = settings or house_settings(folder)
    save_settings(settings)
    if not own_keys:
        _furnish(settings)
    with ExitStack() as stack:
        with mock.patch.object(services.house, "open_sandbox", open_kept_sandbox):
            made = stack.enter_context(services.open_services(settings))
        add_readers(made)
        yield House(settings, made)
