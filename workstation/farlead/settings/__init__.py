"""Settings: one TOML file, checked; and the folders of the embedded store.

A wrong entry raises SettingsError naming file, line and field. The file is written only by
:func:`save_settings`, atomically.
"""

from farlead.settings.file import default_folder, load_settings, save_settings
from farlead.settings.tables import (
    AuditSettings,
    BatchSettings,
    ClaimSettings,
    ContactSettings,
    CriticalSettings,
    MarkSettings,
    Promised,
    ReportSettings,
    SecondSignature,
    SecondSignatureSettings,
    SigningSettings,
    TimeStampSettings,
    TokenSettings,
    UnitSettings,
)
from farlead.settings.whole import Clock, PostgresAddress, Settings, utc_now

__all__ = [
    "AuditSettings",
    "BatchSettings",
    "ClaimSettings",
    "Clock",
    "ContactSettings",
    "CriticalSettings",
    "MarkSettings",
    "PostgresAddress",
    "Promised",
    "ReportSettings",
    "SecondSignature",
    "SecondSignatureSettings",
    "Settings",
    "SigningSettings",
    "TimeStampSettings",
    "TokenSettings",
    "UnitSettings",
    "default_folder",
    "load_settings",
    "save_settings",
    "utc_now",
]
