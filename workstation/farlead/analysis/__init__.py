"""Screening of arriving studies: measurements of the signal core, flags by rule tables."""

from farlead.analysis.rules import RuleSet
from farlead.analysis.screen import VERSION, screen

__all__ = ["VERSION", "RuleSet", "screen"]
