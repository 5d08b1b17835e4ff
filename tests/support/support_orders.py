"""HL7 messages of a hospital's system, its MLLP client, and settings that know it."""

import socket
import ssl
from pathlib import Path
from typing import Any

from farlead.settings import Settings

HEAD = "MSH|^~\\&|HIS|COUNTY1|FARLEAD|HUB|20261122100000+0800||{kind}|{id}|P|2.5.1||||||{charset}"
PID = "PID|1||A001^^^COUNTY1^MR~110101199003078515^^^^NI||张^伟||19900307|M"
ORC = "ORC|{control}|{placer}|F{placer}||||^^^20261122100000+0800^^S||20261122100000+0800"
_OBR = {
    1: "1", 2: "{placer}", 3: "F{placer}", 4: "93000^心电图", 13: "冠心病史", 16: "D01^王^芳",
    17: "8001", 18: "{accession}", 24: "EC", 31: "^胸痛待查",
}  # fmt: skip
OBR = "|".join(["OBR", *(_OBR.get(number, "") for number in range(1, 32))])
ONSET = "OBX|1|TS|11368-8^onset^LN||20261122093000+0800"


def hl7_order(
    control: str = "NW",
    *,
    placer: str = "P1",
    accession: str = "ACC1",
    identifier: str = "M1",
    kind: str = "ORM^O01^ORM_O01",
    charset: str = "UNICODE UTF-8",
    pid: str = PID,
    more: tuple[str, ...] = (ONSET,),
) -> str:
    """An order as a hospital sends it."""
    filled = {"control": control, "placer": placer, "accession": accession}
    lines = [
        HEAD.format(kind=kind, id=identifier, charset=charset),
        pid,
        "PV1|1|I|心内科^12^3",
        ORC.format(**filled),
        OBR.format(**filled),
        *more,
    ]
    return "\r".join(lines) + "\r"


def hl7_merge(kept: str, other: str, *, identifier: str = "A1", kind: str = "ADT^A40") -> str:
    """Two numbers are one patient."""
    lines = [
        HEAD.format(kind=kind, id=identifier, charset="UNICODE UTF-8"),
        "EVN|A40|20261122100000",
        f"PID|1||{kept}^^^COUNTY1^MR||张^伟",
        f"MRG|{other}^^^COUNTY1^MR",
    ]
    return "\r".join(lines) + "\r"


def order_settings(folder: Path, **orders: Any) -> Settings:
    """An installation that takes orders of county 1's system; `orders` as in the settings file."""
    his = {"name": "his", "unit": "county1", "application": "HIS", "facility": "COUNTY1"}
    known = {"peers": [his], "listener": {"port": 0}, **orders}
    unit = {"code": "county1", "name": "甲县人民医院"}
    return Settings.model_validate({"folder": folder, "units": [unit], "orders": known})


class HospitalClient:
    """The sending side: a socket, frames, and whatever answer comes."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", port), 20)
        self.socket = context.wrap_socket(plain, server_hostname="127.0.0.1") if context else plain
        self.socket.settimeout(20)

    def __enter__(self) -> "HospitalClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, said: str | bytes, encoding: str = "utf-8") -> dict[str, list[str]]:
        """The fields of each segment of the acknowledgement."""
        data = said if isinstance(said, bytes) else said.encode(encoding)
        self.socket.sendall(b"\x0b" + data + b"\x1c\x0d")
        return fields(self.receive().decode(encoding))

    def receive(self) -> bytes:
        got = b""
        while not got.endswith(b"\x1c\x0d"):
            block = self.socket.recv(1 << 16)
            if not block:
                raise ConnectionError("closed")
            got += block
        return got.removeprefix(b"\x0b").removesuffix(b"\x1c\x0d")


def fields(text: str) -> dict[str, list[str]]:
    """Segments of an answer by name."""
    return {line[:3]: line.split("|") for line in text.strip("\r").split("\r")}
