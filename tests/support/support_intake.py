"""An intake on a fresh store, with a clock in hand."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from farlead.exchange.intake import FolderIntake, IntakeResult
from farlead.model.study import Study
from farlead.objects import ObjectFolder
from farlead.sandbox import Sandbox
from farlead.settings import Settings, UnitSettings
from farlead.store import Store

UNIT = "county1"


@dataclass
class House:
    """A store folder with its intake; time stands still unless it is moved."""

    folder: Path
    sandbox: Sandbox
    settle: float = 1.0
    now: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=1))

    def __post_init__(self) -> None:
        self.settings = Settings(
            folder=self.folder,
            units=(UnitSettings(code=UNIT, name="甲县人民医院"),),
            settle_seconds=self.settle,
            decode_seconds=20,
        )
        self.store = Store.of(self.settings, clock=lambda: self.now)
        self.objects = ObjectFolder(self.settings.objects)
        self.intake = self.new_intake()

    def new_intake(self) -> FolderIntake:
        """Another intake on the same folders, as after a restart."""
        return FolderIntake(
            self.settings, self.store, self.objects, self.sandbox, clock=lambda: self.now
        )

    @property
    def inbox(self) -> Path:
        return self.settings.inbox(UNIT)

    @property
    def outbox(self) -> Path:
        return self.settings.outbox(UNIT)

    def leave(self, name: str, data: bytes | str, *, age: float = 30.0) -> Path:
        """A unit leaves a file, `age` seconds ago."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        when = self.now.timestamp() - age
        os.utime(path, (when, when))
        return path

    def run(self) -> IntakeResult:
        return self.intake.run_once()

    def studies(self, result: IntakeResult) -> list[Study]:
        return [self.store.study(number) for number in result.studies]

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def left(self) -> list[str]:
        """What is still in the inbox."""
        return sorted(p.name for p in self.inbox.rglob("*") if not p.is_dir())
