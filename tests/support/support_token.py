"""SoftHSM2 in the place of a hospital's key: tokens in a temporary folder."""

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from support_pki import PIN, Holder

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
SO_PIN = "75318642"


@dataclass
class Tokens:
    """Tokens of one test; SoftHSM2 is told anew where they are."""

    folder: Path
    module: Path = MODULE
    _serial: int = field(default=0)

    def __post_init__(self) -> None:
        (self.folder / "tokens").mkdir()
        configuration = self.folder / "softhsm2.conf"
        configuration.write_text(
            f"directories.tokendir = {self.folder}/tokens\n"
            "objectstore.backend = file\nlog.level = ERROR\n"
        )
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        pkcs11.lib(str(MODULE)).reinitialize()

    def plug_in(self, holder: Holder, *, label: str = "", certificate: bool = True) -> str:
        """A token with the holder's key and certificates; its label."""
        label = label or f"token-{secrets.token_hex(4)}"
        self._softhsm("--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", PIN)
        key = self.folder / f"{label}.pem"
        key.write_bytes(holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        named = ("--token", label, "--label", "signing", "--id", "01", "--pin", PIN)
        self._softhsm("--import", str(key), *named)
        if certificate:
            self._write(label, holder.certificate.public_bytes(Encoding.DER), "01")
        for number, issuer in enumerate(holder.chain, 2):
            self._write(label, issuer.public_bytes(Encoding.DER), f"{number:02}")
        pkcs11.lib(str(MODULE)).reinitialize()
        return label

    def unplug(self) -> None:
        """Nothing is left of any token, as when it is pulled out."""
        shutil.rmtree(self.folder / "tokens")

    def _write(self, label: str, certificate: bytes, identifier: str) -> None:
        file = self.folder / f"{label}-{identifier}.der"
        file.write_bytes(certificate)
        subprocess.run(
            ["pkcs11-tool", "--module", str(MODULE), "--token-label", label, "--login", "--pin",
             PIN, "--write-object", str(file), "--type", "cert", "--id", identifier],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip

    def _softhsm(self, *words: str) -> None:
        command = ["softhsm2-util", *words]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
