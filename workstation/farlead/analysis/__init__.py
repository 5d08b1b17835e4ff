"""Screening of arriving studies: measurements of the signal core, flags by rule tables."""

from farlead.analysis.rules import Rules
from farlead.analysis.screen import VERSION, screen

__all__ = ["VERSION", "Rules", "screen"]
