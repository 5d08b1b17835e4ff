"""Paper speeds: those of the trade, and slower ones for looking over long recordings; no Qt.

However slow the paper runs it stays paper: a millimetre is always the same time, so nothing is
stretched to fit. A slow speed is not standard, and the sheet says so large.
"""

SPEEDS: tuple[float, ...] = (12.5, 25.0, 50.0, 100.0)
STANDARD_SPEED = 25.0
_MINUTE, _HOUR = 60.0, 3600.0
#: Full disclosure: what lies between the slowest speed of the trade and a day on one sheet, mm/s.
SLOW: tuple[float, ...] = (
    10.0 / _HOUR,
    20.0 / _HOUR,
    1.0 / _MINUTE,
    2.0 / _MINUTE,
    5.0 / _MINUTE,
    10.0 / _MINUTE,
    20.0 / _MINUTE,
    50.0 / _MINUTE,
    2.5,
    5.0,
)
LADDER: tuple[float, ...] = (*SLOW, *SPEEDS)
#: Below this, in mm/s, single waves are too narrow to be drawn as curves or measured.
FOR_MEASURING = SPEEDS[0]


def step(speed: float, by: int, *, slow: bool) -> float:
    """The speed so many steps faster; the slow ones only where there is more to look over."""
    steps = LADDER if slow or speed in SLOW else SPEEDS
    if not slow and speed in SLOW and by < 0:
        return speed
    return steps[min(max(steps.index(speed) + by, 0), len(steps) - 1)]


def written(speed: float) -> str:
    """A speed in the unit that makes it a plain figure."""
    for length, unit in ((1.0, "mm/s"), (_MINUTE, "mm/min"), (_HOUR, "mm/h")):
        value = speed * length
        if value >= 0.999 and (length > 1.0 or value >= 2.0):
            return f"{round(value, 2):g} {unit}"
    return f"{speed * _HOUR:g} mm/h"


def time_written(seconds: float, *, tenths: bool = False) -> str:
    """Hours, minutes and seconds: ``3:07:20``, ``7:20.5``."""
    whole = round(seconds, 1) if tenths else float(round(seconds))
    hours, rest = divmod(whole, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    tail = f"{rest:04.1f}" if tenths and rest % 1 else f"{round(rest):02d}"
    return f"{int(hours)}:{int(minutes):02d}:{tail}"
