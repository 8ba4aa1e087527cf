"""How many satellites of a constellation work on the day: out of service, lost and not yet replaced, and spares.

Every satellite, a spare in orbit included, lives a time of mean L and is replaced a time of mean d after its loss. Once
the constellation is old, each is missing with the chance d / (L + d), whatever the distributions (an alternating
renewal process: Barlow and Proschan 1975, Statistical Theory of Reliability and Life Testing), so that the number
missing of N slots and S spares is binomial. Spares fill the first of the gaps. A share out of service comes on top,
each satellite by itself.
"""

import math

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from cupola.core.spec import Count, Fraction, Spec, Time


class AvailabilitySpec(Spec):
    """What keeps satellites from being there and working."""

    out_of_service: Fraction = Field(default=0.0, lt=1.0, description="Chance that a satellite in its slot is out")
    mean_life: Time | None = Field(default=None, gt=0.0, description="Mean life in orbit; none: nothing is lost")
    replacement_delay: Time = Field(default="0 s", description="Loss to the replacement's arrival in its slot")
    spares: Count = Field(default=0, description="Satellites in orbit beyond the slots, moved up at once")


def missing_share(spec: AvailabilitySpec) -> float:
    """Return the chance that one satellite has been lost and not yet replaced."""
    if spec.mean_life is None:
        return 0.0
    return float(spec.replacement_delay / (spec.mean_life + spec.replacement_delay))


def steady_availability(spec: AvailabilitySpec, slots: int) -> float:
    """Return the expected share of ``slots`` that hold a working satellite: (1 - out of service) (1 - E[gaps] / N)."""
    q, count = missing_share(spec), slots + spec.spares
    if q == 0.0:
        return 1.0 - spec.out_of_service
    gaps = 0.0
    for x in range(spec.spares + 1, count + 1):
        ways = math.lgamma(count + 1) - math.lgamma(x + 1) - math.lgamma(count - x + 1)
        gaps += (x - spec.spares) * math.exp(ways + x * math.log(q) + (count - x) * math.log1p(-q))
    return (1.0 - spec.out_of_service) * (1.0 - gaps / slots)


def working(spec: AvailabilitySpec, slots: int, chance: np.random.Generator) -> NDArray[np.bool_]:
    """Return which slots (n,) hold a working satellite on one day."""
    gaps = int(chance.binomial(slots + spec.spares, missing_share(spec))) - spec.spares
    there = np.ones(slots, dtype=np.bool_)
    there[chance.permutation(slots)[: max(gaps, 0)]] = False
    return np.asarray(there & (chance.random(slots) >= spec.out_of_service))
