"""Richardson's arms race: each side arms in answer to the other, tires of its own arms, and has a grievance.

Richardson, L. F. (1960), Arms and Insecurity: dx/dt = k y - a x + g, dy/dt = l x - b y + h, with x and y the arms of
two sides in any unit, and rates by the year or any other time.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Race:
    """A race: ``reaction`` k and l to the other's arms, ``fatigue`` a and b of one's own, ``grievance`` g and h.

    Raises ``ValueError`` for negative reactions, fatigue that is not positive and numbers that are not finite.
    """

    reaction: tuple[float, float]
    fatigue: tuple[float, float]
    grievance: tuple[float, float]

    def __post_init__(self) -> None:
        every = (*self.reaction, *self.fatigue, *self.grievance)
        if not all(map(math.isfinite, every)) or min(self.reaction) < 0.0 or min(self.fatigue) <= 0.0:
            raise ValueError(f"got {self}, accepted are finite numbers, reactions of 0 and more, and positive fatigue")

    @property
    def stable(self) -> bool:
        """Whether the race settles: fatigue outweighs reaction, a b > k l."""
        return self._determinant > 0.0

    @property
    def _determinant(self) -> float:
        return self.fatigue[0] * self.fatigue[1] - self.reaction[0] * self.reaction[1]

    def equilibrium(self) -> tuple[float, float]:
        """Return where neither side changes: x = (k h + b g) / (ab - kl), y = (l g + a h) / (ab - kl).

        It is where the race settles when it is stable, and what it flees from when it is not.
        Raises ``ValueError`` where ab = kl: there is no such point then.
        """
        if self._determinant == 0.0:
            raise ValueError(f"got {self}, accepted are races with ab other than kl: this one has no equilibrium")
        (k, l_), (a, b), (g, h) = self.reaction, self.fatigue, self.grievance
        return (k * h + b * g) / self._determinant, (l_ * g + a * h) / self._determinant

    def arms(self, start: tuple[float, float], time: float) -> tuple[float, float]:
        """Return x and y after a time from a start, in closed form.

        The deviation from the equilibrium is a sum of two exponentials; both rates are real, because reactions are not
        negative. Raises ``ValueError`` as :meth:`equilibrium` does.
        """
        x, y = self.equilibrium()
        (k, l_), (a, b) = self.reaction, self.fatigue
        u, v = start[0] - x, start[1] - y
        mean = -0.5 * (a + b)
        split = math.sqrt(0.25 * (a - b) ** 2 + k * l_)
        both = math.exp(mean * time) * math.cosh(split * time)
        # sinh(s t) / s, which is t where the two rates are one
        apart = math.exp(mean * time) * (math.sinh(split * time) / split if split > 0.0 else time)
        return (
            x + both * u + apart * ((-a - mean) * u + k * v),
            y + both * v + apart * (l_ * u + (-b - mean) * v),
        )
