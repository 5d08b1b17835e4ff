"""Points of the median beat from those of its members."""

import numpy as np

from farlead_signal import ABSENT, UNKNOWN, Fiducials
from farlead_signal.delineation import POINTS
from farlead_signal.median_points import of_members

FS, R, WIDTH = 500.0, 300, 700
#: P onset, peak, offset, QRS onset, offset, T onset, peak, offset from R.
PLACES = (-80, -60, -40, -20, 25, 70, 120, 160)
PEAKS = 1000 * np.arange(1, 8)


def members(leads: int = 12) -> dict[str, np.ndarray]:
    return {
        name: np.tile(PEAKS + place, (leads, 1)) for name, place in zip(POINTS, PLACES, strict=True)
    }


def median(points: dict[str, np.ndarray], which: np.ndarray | None = None) -> Fiducials:
    chosen = np.arange(PEAKS.size) if which is None else which
    every = Fiducials(**points, r_peaks=PEAKS)
    return of_members(every, chosen, R - PEAKS[chosen], WIDTH, FS)


def test_members_alike_give_their_points() -> None:
    found = median(members())
    for name, place in zip(POINTS, PLACES, strict=True):
        assert (getattr(found, name) == R + place).all(), name
    assert found.overall is not None
    assert found.r_peaks.tolist() == found.overall.r_peaks.tolist() == [R]


def test_one_member_alone_moves_nothing() -> None:
    points = members()
    for name in POINTS:
        points[name][:, 3] += 60
    found = median(points)
    assert all((getattr(found, n) == R + p).all() for n, p in zip(POINTS, PLACES, strict=True))


def test_a_wave_that_most_members_lack_is_absent() -> None:
    points = members()
    for name in POINTS[:3]:
        points[name][:, :4] = ABSENT
    found = median(points)
    assert found.overall is not None
    assert (found.p_on == ABSENT).all()
    assert (found.overall.p_off == ABSENT).all()
    assert (found.qrs_on >= 0).all()


def test_what_is_unknown_in_all_members_is_unknown() -> None:
    points = members()
    for name in POINTS[5:]:
        points[name][0] = UNKNOWN
    found = median(points)
    assert found.t_off[0, 0] == UNKNOWN
    assert (found.t_off[1:] == R + PLACES[-1]).all()


def test_intervals_are_rounded_and_not_their_ends() -> None:
    """Half of the members are a sample later with all points."""
    points = members()
    for name in POINTS:
        points[name][:, ::2] += 1
    found = median(points)
    assert found.overall is not None
    assert found.overall.qrs_on[0] - found.overall.p_on[0] == 60
    assert found.overall.t_off[0] - found.overall.qrs_on[0] in (178, 179, 180)


def test_what_lies_outside_of_the_window_is_unknown() -> None:
    every = Fiducials(**members(2), r_peaks=PEAKS)
    found = of_members(every, np.arange(7), 30 - PEAKS, 120, FS)
    assert (found.p_on == UNKNOWN).all()
    assert (found.t_off == UNKNOWN).all()
    assert (found.qrs_off == 55).all()
