"""A simulated morning of a hub: the proof of the whole, which anyone can run.

Real recordings of public databases are left in the inboxes of many units, over the hours of a
morning that runs several times faster than by the clock. ``farleadctl serve`` takes them in and
screens them, stations in processes of their own read and sign them at real desks; some take
breaks, some are killed and come back. One in a hundred is critical by what experts marked in it,
and not by what our own screening says of it. What is counted stands in :mod:`.figures`.

:func:`~farlead.simulate.plan.make_plan` says what will happen, from a seed;
:func:`~farlead.simulate.morning.run_morning` lets it happen.
"""

from farlead.simulate.figures import Outcome
from farlead.simulate.morning import Told, run_morning
from farlead.simulate.plan import Plan, Size, make_plan
from farlead.simulate.sources import Source, Truth, read_sources

__all__ = [
    "Outcome",
    "Plan",
    "Size",
    "Source",
    "Told",
    "Truth",
    "make_plan",
    "read_sources",
    "run_morning",
]
