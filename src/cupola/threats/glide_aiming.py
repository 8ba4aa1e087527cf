"""Which pitch-over and cut-off throw a glider at the asked apogee with the speed that its glide needs.

At a given apogee a greater kick makes a flatter and a faster boost, cut off later. So one unknown is left, the kick,
and the range grows with it until the propellant is spent before the arc is high enough.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.atmosphere import height
from cupola.core.earth import (
    MEAN_RADIUS,
    MU,
    ROTATION_RATE,
    Vector,
    geodetic_to_ecef,
)
from cupola.core.integrate import FINISHED
from cupola.core.kernel import kernel
from cupola.core.lifting import PASSED, TO_GLIDE, TO_GROUND, frame_of, lifting_flight
from cupola.core.lifting_laws import (
    AIM_X,
    AIM_Z,
    COAST,
    DEAD_BAND,
    DIVE,
    DIVE_RANGE,
    DIVE_SPEED,
    GLIDE,
    GREATEST_LIFT,
    INVERSE_BETA,
    LAW_COLUMNS,
    LEAST_COSINE,
    LIFT_TO_DRAG,
    PHASES,
    WITHOUT_DAMPING,
    glide_worth,
    heading_error,
    to_dive,
)
from cupola.core.rocket import vehicle_of
from cupola.core.trajectory import Trajectory
from cupola.threats.flight import InfeasibleFlight, distance, impact_of
from cupola.threats.glide_spec import GlideSpec
from cupola.threats.shooting import COARSE, KICKS, STORED, Shooter, Steps

LONGEST_STEP = 2.0  # s, of the stored glide
TRIAL_STEP = 8.0  # s
LONGEST_RISE = 600.0  # s
LONGEST_FLIGHT = 4.0 * 3600.0  # s
SETTLING, SETTLING_FROM_SKIP = 150.0, 40.0  # s
TURNING_BANK = math.radians(45.0)  # the mean of a turn that begins at the limit and ends level
ENOUGH = 0.01  # of the glide's worth: how close the planned bank is met
LOWEST_APOGEE, HIGHEST_APOGEE = 45e3, 250e3  # m
MOST_LOST = 5e3  # m
ACROSS = 24
APOGEE_ROUNDS = 4
APOGEE_NEAR = 50.0  # m
_KICKS = KICKS[KICKS > 0.0]


@dataclass(frozen=True, kw_only=True)
class Insertion:
    """How the booster is flown: ``kick`` rad, thrust ended ``cutoff_s`` s after lift-off."""

    kick: float
    cutoff_s: float


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """One trial kick: the speed in hand, as metres of range or m/s of speed, and as a share of the whole."""

    kick: float
    cutoff_s: float
    surplus: float
    share: float
    range_m: float


class Aiming:
    """One boost-glide weapon on one pad with one aim point. Work arrays inside: one per thread."""

    def __init__(
        self,
        spec: GlideSpec,
        launch: tuple[float, float, float],
        aim: tuple[float, float],
        course_offset_rad: float,
        extra_payload_kg: float,
    ) -> None:
        drag = [(row.mach, row.drag_coefficient) for row in spec.drag]
        payload = spec.glider.mass + spec.adapter_mass + extra_payload_kg
        self.vehicle = vehicle_of(spec.stages, payload, drag, spec.shroud_mass, spec.shroud_time)
        self.launch, self.aim = launch, aim
        self.law = law_of(spec, aim)
        self._shooter = Shooter(
            self.vehicle,
            spec.vertical_rise_time,
            spec.pitch_over_time,
            spec.glider.ballistic_coefficient,
            launch,
            aim,
        )
        self.angle = self._shooter.angle
        self.offset = course_offset_rad != 0.0
        self.azimuth = (self._shooter.bearing + course_offset_rad) % math.tau
        self._settling_s = SETTLING_FROM_SKIP if spec.mode == "skip" else SETTLING
        # The two-body apogee of a boost less the height that its arc truly reaches: learnt from trial to trial.
        self.lost_height = 0.0
        self._nodes, self._marks = np.empty((8192, 10)), np.empty(PHASES)

    @property
    def kilometres(self) -> str:
        """The range asked, for messages."""
        return f"{self.angle * MEAN_RADIUS / 1e3:,.0f}"

    def miss(self, path: Trajectory) -> float:
        """Return the distance in m from the end of a path to the aim point."""
        return distance(impact_of(path), self.aim)

    def cutoff(self, kick: float, apogee_m: float, steps: Steps) -> tuple[Trajectory, float]:
        """Return the boost of a kick and when its arc first reaches an apogee; NaN where it never does."""
        boost = self._shooter.boost(kick, self.azimuth, steps)
        tops = np.empty(len(boost.t))
        _arc_tops(boost.r, boost.v, tops)
        high = np.flatnonzero((tops >= apogee_m) & (boost.t >= self._shooter.earliest))
        if not len(high):
            return boost, math.nan
        i = int(high[0])
        time = float(boost.t[i])
        if i and math.isfinite(tops[i - 1]) and tops[i] > tops[i - 1] and time > self._shooter.earliest:
            time -= (time - float(boost.t[i - 1])) * float((tops[i] - apogee_m) / (tops[i] - tops[i - 1]))
        return boost, time

    def trial(self, kick: float, apogee_m: float, bank: float) -> _Trial | None:
        """Return what a kick makes of the range asked with ``bank`` rad on average; None where it is not high
        enough.
        """
        target = apogee_m + self.lost_height
        boost, cutoff = self.cutoff(kick, target, COARSE)
        if math.isnan(cutoff):
            return None
        r, v = boost.state(cutoff)
        start = np.concatenate([r, v])
        n, why = lifting_flight(
            start,
            cutoff,
            cutoff + LONGEST_FLIGHT,
            0.0,
            COAST,
            self.law,
            ROTATION_RATE,
            TRIAL_STEP,
            TO_GLIDE,
            self._nodes,
            self._marks,
        )
        lost = target - _highest(self._nodes, n)
        self.lost_height = min(max(lost, -MOST_LOST), MOST_LOST)
        time, state = float(self._nodes[n - 1, 0]), self._nodes[n - 1, 1:7]
        if why == FINISHED:
            # The glide has to shed the depth of the pull-up before its speed tells what range it is worth.
            n, why = self._settle(time, state.copy())
            time, state = float(self._nodes[n - 1, 0]), self._nodes[n - 1, 1:7]
        left = to_dive(time, state, self.law, ROTATION_RATE)
        done = self.angle * MEAN_RADIUS - left - self.law[DIVE_RANGE]
        if why == PASSED or math.isfinite(self._marks[DIVE]):
            return _Trial(kick=kick, cutoff_s=cutoff, surplus=abs(left), share=1.0, range_m=done)
        if why != FINISHED:
            return _Trial(kick=kick, cutoff_s=cutoff, surplus=-abs(left), share=-1.0, range_m=done)
        worth = self._worth(time, state) * math.cos(bank)
        surplus = worth - left
        whole = done + worth + self.law[DIVE_RANGE]
        return _Trial(kick=kick, cutoff_s=cutoff, surplus=surplus, share=surplus / max(worth, 1.0), range_m=whole)

    def summit(self, boost: Trajectory, cutoff_s: float) -> float:
        """Return the altitude in m where the unpowered arc after a cut-off turns down."""
        r, v = boost.state(cutoff_s)
        n, _ = lifting_flight(
            np.concatenate([r, v]),
            cutoff_s,
            cutoff_s + LONGEST_RISE,
            0.0,
            COAST,
            self.law,
            ROTATION_RATE,
            LONGEST_STEP,
            TO_GLIDE,
            self._nodes,
            self._marks,
        )
        return float(_highest(self._nodes, n))

    def _worth(self, time: float, state: Vector) -> float:
        """Return the range in m that the speed is worth after the turn towards the aim point.

        In a banked turn du / u = -dpsi / (L/D sin(bank)): lift turns the path as drag, its L/D-th part, slows it.
        """
        n, u, up, right, speed, climb, density = frame_of(state, ROTATION_RATE)
        error = heading_error(time, state, self.law, ROTATION_RATE, (n, u, up, right, speed, climb, density))
        turn = max(abs(error) - float(self.law[DEAD_BAND]), 0.0)
        slowed = speed * math.exp(-turn / (float(self.law[LIFT_TO_DRAG]) * math.sin(TURNING_BANK)))
        return float(glide_worth(state, self.law, ROTATION_RATE, (n, u, up, right, slowed, climb, density)))

    def _settle(self, time: float, state: Vector) -> tuple[int, int]:
        return lifting_flight(
            state,
            time,
            time + self._settling_s,
            0.0,
            GLIDE,
            self.law,
            ROTATION_RATE,
            TRIAL_STEP,
            TO_GROUND,
            self._nodes,
            self._marks,
        )


def law_of(spec: GlideSpec, aim: tuple[float, float]) -> Vector:
    """Return the law of :mod:`cupola.core.lifting_laws` by which a glider flies to ``aim`` (latitude, longitude in
    rad).
    """
    glider = spec.glider
    law = np.zeros(LAW_COLUMNS)
    law[LIFT_TO_DRAG] = glider.lift_to_drag
    law[INVERSE_BETA] = 1.0 / glider.ballistic_coefficient
    law[GREATEST_LIFT] = glider.greatest_lift
    law[LEAST_COSINE] = math.cos(glider.greatest_bank)
    law[DEAD_BAND] = glider.dead_band
    law[DIVE_RANGE], law[DIVE_SPEED] = glider.dive_range, glider.dive_speed
    law[AIM_X : AIM_Z + 1] = geodetic_to_ecef(*aim, 0.0)
    law[WITHOUT_DAMPING] = 1.0 if spec.mode == "skip" else 0.0
    return law


def insertion_for(aiming: Aiming, apogee_m: float, bank: float) -> Insertion:
    """Return the insertion at ``apogee_m`` after which the glide reaches the aim with ``bank`` rad on average.

    Raises :class:`InfeasibleFlight` with the range that is possible.
    """
    if not LOWEST_APOGEE <= apogee_m <= HIGHEST_APOGEE:
        raise InfeasibleFlight(
            f"apogee: got {apogee_m / 1e3:,.0f} km, accepted is {LOWEST_APOGEE / 1e3:,.0f} to "
            f"{HIGHEST_APOGEE / 1e3:,.0f} km for a glider, which has to pull up out of its fall; "
            "hint: leave the apogee out for the weapon's own"
        )
    trial = _kick_for(aiming, apogee_m, bank)
    target = apogee_m + aiming.lost_height
    kick, cutoff = trial.kick, trial.cutoff_s
    for _ in range(APOGEE_ROUNDS):
        # The arc is Keplerian in the search; the stored one has air and the Earth's bulge.
        boost, cutoff = aiming.cutoff(kick, target, STORED)
        if math.isnan(cutoff):
            cutoff = aiming.vehicle.burnout_s
            break
        top = aiming.summit(boost, cutoff)
        if abs(top - apogee_m) < APOGEE_NEAR:
            break
        target += apogee_m - top
        target += apogee_m - top
    return Insertion(kick=kick, cutoff_s=min(cutoff, aiming.vehicle.burnout_s))


def _kick_for(aiming: Aiming, apogee_m: float, bank: float) -> _Trial:
    first = aiming.trial(float(_KICKS[0]), apogee_m, bank)
    if first is None:
        raise InfeasibleFlight(
            f"apogee: got {apogee_m / 1e3:,.0f} km, which this booster does not reach even steeply; hint: ask for less"
        )
    if first.surplus > 0.0:
        raise InfeasibleFlight(
            f"range asked {aiming.kilometres} km is too short at an apogee of {apogee_m / 1e3:,.0f} km: the shortest "
            f"glide flies about {first.range_m / 1e3:,.0f} km; hint: take an aim point farther off or a lower apogee"
        )
    # Kicks too great for the apogee count as too far: bisect the trial kicks first.
    below, above, lower = 0, len(_KICKS), first
    upper: _Trial | None = None
    while above - below > 1:
        middle = (below + above) // 2
        trial = aiming.trial(float(_KICKS[middle]), apogee_m, bank)
        if trial is not None and trial.surplus < 0.0:
            below, lower = middle, trial
        else:
            above, upper = middle, trial
    high = float(_KICKS[above]) if above < len(_KICKS) else 1.3 * float(_KICKS[-1])
    if aiming.offset and upper is None:
        # A turn back costs a fast glide more than a slow one: the kicks that reach may lie between two that do not.
        for kick in np.linspace(lower.kick, high, ACROSS)[1:-1]:
            trial = aiming.trial(float(kick), apogee_m, bank)
            if trial is None:
                break
            if trial.surplus >= 0.0:
                return _refined(aiming, apogee_m, bank, lower, trial, float(kick))
            if trial.surplus > lower.surplus:
                lower = trial
    return _refined(aiming, apogee_m, bank, lower, upper, high)


def _refined(aiming: Aiming, apogee_m: float, bank: float, lower: _Trial, upper: _Trial | None, high: float) -> _Trial:
    """Return the kick between ``lower`` and ``high`` that meets the range: false position (Illinois variant)."""
    f_low, f_high = lower.surplus, upper.surplus if upper is not None else math.nan
    for _ in range(40):
        if upper is None or lower.share <= -1.0 or upper.share >= 1.0:
            kick = 0.5 * (lower.kick + high)
        else:
            kick = (lower.kick * f_high - high * f_low) / (f_high - f_low)
        trial = aiming.trial(kick, apogee_m, bank)
        if trial is not None and abs(trial.share) < ENOUGH:
            return trial
        if trial is not None and trial.surplus < 0.0:
            lower, f_low, f_high = trial, trial.surplus, 0.5 * f_high
        elif trial is None:
            upper, high = None, kick
        else:
            upper, high, f_high, f_low = trial, kick, trial.surplus, 0.5 * f_low
        if high - lower.kick < 1e-6:
            break
    if upper is None:
        raise InfeasibleFlight(
            f"range asked {aiming.kilometres} km, greatest range in that direction at an apogee of "
            f"{apogee_m / 1e3:,.0f} km about {lower.range_m / 1e3:,.0f} km; hint: take a nearer aim point, another "
            "apogee or a weapon with more energy"
        )
    return upper


@kernel
def _highest(nodes: Vector, n: int) -> float:
    top = -1e9
    for i in range(n):
        top = max(top, height(nodes[i, 1], nodes[i, 2], nodes[i, 3]))
    return top


@kernel
def _arc_tops(r: Vector, v: Vector, out: Vector) -> None:
    """Write into ``out`` (n,) the two-body apogee of every rising state (n, 3), in m above the ellipsoid under it.

    Minus infinity where the rocket already sinks, infinity where it escapes.
    """
    for i in range(r.shape[0]):
        r2 = r[i, 0] ** 2 + r[i, 1] ** 2 + r[i, 2] ** 2
        v2 = v[i, 0] ** 2 + v[i, 1] ** 2 + v[i, 2] ** 2
        rv = r[i, 0] * v[i, 0] + r[i, 1] * v[i, 1] + r[i, 2] * v[i, 2]
        if rv <= 0.0:
            out[i] = -np.inf
            continue
        radius = math.sqrt(r2)
        energy = 0.5 * v2 - MU / radius
        if energy >= 0.0:
            out[i] = np.inf
            continue
        eccentricity = math.sqrt(max(1.0 + 2.0 * energy * (r2 * v2 - rv * rv) / (MU * MU), 0.0))
        surface = radius - height(r[i, 0], r[i, 1], r[i, 2])
        out[i] = -0.5 * MU / energy * (1.0 + eccentricity) - surface
