"""Plain English for the codes of measurements and waves.

References
----------
ISO/IEEE 11073-10101, Annex on ECG annotations (MDC_ECG_*).
"""

import re

_PREFIX = re.compile(r"^MDC_(ECG_)?")
_TIME = re.compile(r"^MDC_ECG_TIME_PD_([A-Za-z]{1,8})(?:_GL)?$")
_ANGLE = re.compile(r"^MDC_ECG_ANGLE_([A-Z]{1,4})_FRONT(?:_GL)?$")
_WAVE = re.compile(r"^MDC_ECG_WAVC_([A-Z0-9]{1,8}?)WAVE$")
_SPOKEN = {
    "MDC_ECG_HEART_RATE": "Heart rate",
    "MDC_ECG_HEART_RATE_VENT": "Ventricular rate",
    "MDC_ECG_HEART_RATE_ATR": "Atrial rate",
    "MDC_ECG_QRS_COUNT": "Number of QRS complexes",
    "MDC_ECG_TIME_PD_P": "P duration",
    "MDC_ECG_TIME_PD_QRS": "QRS duration",
    "MDC_ECG_TIME_PD_QTc": "QTc interval",
    "MDC_ECG_TIME_PD_QTcB": "QTc interval (Bazett)",
    "MDC_ECG_TIME_PD_QTcF": "QTc interval (Fridericia)",
}


def measured(code: str) -> str:
    """Name of a measurement."""
    plain = code.removesuffix("_GL")
    if plain in _SPOKEN:
        return _SPOKEN[plain]
    if match := _TIME.match(code):
        return f"{match[1]} interval"
    if match := _ANGLE.match(code):
        return f"{match[1]} axis"
    return spoken(code)


def wave(code: str) -> str:
    """Name of a wave; empty for no code."""
    if code == "MDC_ECG_WAVC_QRSWAVE":
        return "QRS complex"
    match = _WAVE.match(code)
    return f"{match[1]} wave" if match else spoken(code.removeprefix("MDC_ECG_WAVC_"))


def spoken(code: str) -> str:
    """A code without its prefix and underscores."""
    return " ".join(_PREFIX.sub("", code).replace("_", " ").split())
