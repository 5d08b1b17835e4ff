"""Farlead: the application without Qt (see docs/architecture.md)."""

__version__ = "0.1.0.dev0"
