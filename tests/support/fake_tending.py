"""Scripted connections: 200 units with an archive and a few that are in trouble."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from farlead.messages import Message, message
from farlead.model.connection import Answer, Connection, Parked, Way

FULL = message("delivery.folder", folder="/srv/outbox/u3", cause="No space left on device")
DEAD = message("peers.unreachable", peer="10.1.4.12:2575", cause="Connection refused")


@dataclass
class FakeTending:
    """Connections in a dictionary; what is asked and sent again is kept."""

    clock: Callable[[], datetime]
    allowed: bool = True
    known: dict[tuple[str, Way], Connection] = field(default_factory=dict)
    waits: dict[str, list[Parked]] = field(default_factory=dict)
    silent: dict[str, Message] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def put(self, connection: Connection) -> None:
        self.known[connection.name, connection.way] = connection

    def connections(self) -> list[Connection]:
        return list(self.known.values())

    def parked(self, destination: str) -> list[Parked]:
        return list(self.waits.get(destination, ()))

    def test(
        self, asked: Sequence[Connection], stopped: Callable[[], bool] = lambda: False
    ) -> list[Answer]:
        found = [each for each in asked if not stopped()]
        self.asked += [each.name for each in found]
        return [Answer(each, self.clock(), self.silent.get(each.name)) for each in found]

    def resend(self, deliveries: Sequence[int]) -> int:
        self.sent += deliveries
        for name, waiting in self.waits.items():
            gone = [each for each in waiting if each.delivery in deliveries]
            self.waits[name] = [each for each in waiting if each not in gone]
            for key, each in self.known.items():
                if each.name == name:
                    left = len(self.waits[name])
                    self.known[key] = replace(
                        each, parked=left, waiting=each.waiting + len(gone),
                        trouble=each.trouble if left else None,
                    )  # fmt: skip
        return len(deliveries)


def many(tending: FakeTending, units: int = 200) -> FakeTending:
    """A consortium: most are well, one cannot be reached, one has parked deliveries."""
    now = tending.clock()
    names = ("镇卫生院", "县人民医院", "社区卫生服务中心")
    for number in range(units):
        title = f"示例 {number + 1:03d} {names[number % 3]}"
        code = f"u{number + 1:03d}"
        seen = now - timedelta(seconds=number % 40)
        tending.put(Connection(title, Way.INBOX, seen, title=title, address=f"/srv/inbox/{code}"))
        tending.put(
            Connection(
                code, Way.FOLDER, now - timedelta(minutes=number % 90 + 2), title=title,
                waiting=int(number % 50 == 7), address=f"/srv/outbox/{code}",
            )
        )  # fmt: skip
    tending.put(
        Connection("hub", Way.ARCHIVE, now, title="hub", address="https://hub.example/dicom-web")
    )
    tending.put(
        Connection(
            "u012:hl7", Way.HL7, now - timedelta(hours=3), 4, 0, DEAD, "示例 012 社区卫生服务中心",
            "10.1.4.12:2575",
        )
    )  # fmt: skip
    tending.put(
        Connection(
            "u003:fhir", Way.FHIR, now - timedelta(days=1), 0, 3,
            message("delivery.unknown_outcome"), "示例 003 社区卫生服务中心",
            "https://u3.example/fhir",
        )
    )  # fmt: skip
    tending.waits["u003:fhir"] = [
        Parked(
            number, f"20261121-{number:04d}", 1, now - timedelta(hours=number), 1,
            message("delivery.unknown_outcome"),
        )
        for number in (1, 2, 3)
    ]  # fmt: skip
    tending.silent["u012:hl7"] = DEAD
    return tending
