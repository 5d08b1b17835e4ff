"""The bytes of studies and signed reports: a folder addressed by content."""

from farlead.objects.folder import ObjectFolder

__all__ = ["ObjectFolder"]
