"""Decoding and screening in the confined process."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from farlead.model.recording import Description, ImageStudy, Recording
from farlead.model.screening import QtFormula, Screening
from farlead.sandbox import Call, Sandbox
from farlead.settings import Settings

_READ = "farlead.formats:read"


def open_sandbox(settings: Settings) -> Sandbox:
    """A confined process with the limits of the settings."""
    return Sandbox(memory=settings.decode_memory, seconds=settings.decode_seconds)


def read_confined(
    sandbox: Sandbox, source: Path | bytes, *, seconds: float | None = None
) -> Recording | ImageStudy:
    """Decode a file, or the bytes of one; UnreadableFile, SandboxCrashed, SandboxTimedOut."""
    content = sandbox.call(_READ, source, seconds=seconds)
    if not isinstance(content, Recording | ImageStudy):
        raise TypeError(f"farlead.formats.read answered with {type(content)}")
    return content


def digest_confined(sandbox: Sandbox, source: bytes, *, seconds: float | None = None) -> str:
    """What the bytes of a file say, as a hash; UnreadableFile, SandboxCrashed, SandboxTimedOut."""
    found = sandbox.call("farlead.formats:describe", source, seconds=seconds)
    if not isinstance(found, Description):
        raise TypeError(f"farlead.formats.describe answered with {type(found)}")
    return found.digest


def identify_confined(
    sandbox: Sandbox, source: Path | bytes, *, seconds: float | None = None
) -> str:
    """Name of a file's format (``formats.name.NAME``); UnreadableFile for what is none."""
    name = sandbox.call("farlead.formats:identify", source, seconds=seconds)
    if not isinstance(name, str):
        raise TypeError(f"farlead.formats.identify answered with {type(name)}")
    return name


@dataclass(frozen=True, slots=True)
class OwnRules:
    """An institution's own rule table: its name for messages, and its text."""

    name: str
    text: str


def screen_confined(
    sandbox: Sandbox,
    content: Recording | ImageStudy | bytes,
    earlier: Sequence[Recording] = (),
    own: OwnRules | None = None,
    *,
    formula: QtFormula = QtFormula.FRIDERICIA,
    seconds: float | None = None,
) -> Screening | None:
    """Screen a recording; None for images, which have no model yet.

    Parameters
    ----------
    content : Recording or ImageStudy or bytes
        The bytes of a file are decoded there first, and its samples never travel; raises as
        :func:`read_confined` does.
    earlier : sequence of Recording
        Of the same patient, the newest first.
    own : OwnRules, optional
    formula : QtFormula
        Of the QTc that the rules are asked about.
    """
    if isinstance(content, ImageStudy):
        return None
    name, text = (own.name, own.text) if own is not None else ("", "")
    found = sandbox.call(
        "farlead.analysis:screen_by",
        Call(_READ, (content,)) if isinstance(content, bytes) else content,
        tuple(earlier),
        name,
        text,
        formula,
        seconds=seconds,
    )
    if not isinstance(found, Screening | None):
        raise TypeError(f"farlead.analysis.screen answered with {type(found)}")
    return found
