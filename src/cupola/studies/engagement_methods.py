"""How published results of guidance, boosters, test records and the assignment of weapons are played."""

import functools
import math
from collections.abc import Callable

from cupola.core.units import parse_quantity
from cupola.studies.reproduce_case import Found, Inputs
from cupola.studies.reproduce_quantities import Quantity

_CLOSING_SPEED = 4e3
_QUANTILES = 4_000


def _homing(inputs: Inputs) -> Found:
    """Home without lag on a steady manoeuvre: the demand at the hit over the target's own, and the divert spent."""
    import numpy as np

    from cupola.interceptors.guidance import Loop, home

    turn = parse_quantity(inputs["target_acceleration"], "acceleration")
    end = home(
        Loop(navigation_ratio=float(inputs["navigation_ratio"])),
        time_to_go=parse_quantity(inputs["time_to_go"], "time"),
        closing_speed=_CLOSING_SPEED,
        offset_m=np.zeros(2),
        target_acceleration=np.tile([turn, 0.0], (2, 1)),
        refine=4,
    )
    return {"acceleration_ratio": end.peak_acceleration / turn, "divert": end.divert}


def _homing_with_lag(inputs: Inputs) -> Found:
    """Home with one lag T over x T: the miss of a manoeuvre over nT T^2, and of a heading error over V HE T."""
    import numpy as np

    from cupola.interceptors.guidance import Loop, home

    lag, x = 0.5, float(inputs["times_lag"])
    loop = Loop(navigation_ratio=float(inputs["navigation_ratio"]), time_constant=lag)
    turn, astray = 10.0, 100.0

    def miss(offset: float, acceleration: float) -> float:
        end = home(
            loop,
            time_to_go=x * lag,
            closing_speed=_CLOSING_SPEED,
            offset_m=np.array([offset, 0.0]),
            target_acceleration=np.tile([acceleration, 0.0], (2, 1)),
            refine=4,
        )
        return float(end.miss[0])

    return {
        "miss_of_manoeuvre": miss(0.0, turn) / (turn * lag**2),
        "miss_of_heading": miss(astray * x * lag, 0.0) / (astray * lag),
    }


def _record(inputs: Inputs) -> Found:
    """Return the mean kill probability that a record of tests leaves, by the ``record(hits, tests)`` of scenarios."""
    from cupola.scenario.uncertainty import Distribution

    left = Distribution.parse(f"record({inputs['hits']}, {inputs['tests']})")
    drawn = (float(left.quantile((i + 0.5) / _QUANTILES)) for i in range(_QUANTILES))
    return {"kill_probability": math.fsum(drawn) / _QUANTILES}


def _greedy_against_best(inputs: Inputs) -> Found:
    """Return the worst share of the optimum that marginal return alone reaches, over small instances drawn at random.

    Kill chances depend on the target alone, so that the optimum is the best way to share out the shots: all are tried.
    """
    import itertools

    import numpy as np

    from cupola.battle.assignment import assign

    rng = np.random.default_rng(int(inputs["seed"]))
    worst = 1.0
    for _ in range(int(inputs["instances"])):
        targets, shots = int(rng.integers(2, 5)), int(rng.integers(1, 8))
        kill, worth = rng.uniform(0.1, 0.95, targets), rng.uniform(1.0, 100.0, targets)
        best = max(
            float(np.sum(worth * (1.0 - (1.0 - kill) ** np.array(each))))
            for each in itertools.product(range(shots + 1), repeat=targets)
            if sum(each) == shots
        )
        track, shooter = np.repeat(np.arange(targets), shots), np.tile(np.arange(shots), targets)
        most, alive, none = np.full(targets, shots), np.ones(targets), np.zeros(targets * shots)
        found = assign(track, shooter, kill[track], worth, none, most, alive, optimal=False)
        worst = min(worst, found.expected_value / best)
    return {"share_of_optimum": worst}


def _weapons(inputs: Inputs) -> Found:
    """Assign whole weapons to targets: ``kill_1``, ``kill_2``... give a kind's kill chances in per cent by target."""
    import numpy as np

    from cupola.battle.assignment import assign

    available, worth = (np.array([float(part) for part in inputs[n].split()]) for n in ("available", "worth"))
    pairs = [
        (int(target) - 1, kind, float(percent) / 100.0)
        for kind in range(len(available))
        for target, percent in (part.split(":") for part in inputs[f"kill_{kind + 1}"].split())
    ]
    track, shooter, p = (np.array(column) for column in zip(*pairs, strict=True))
    many = np.full(len(worth), int(available.sum()))
    none, whole = np.zeros(len(p)), np.ones(len(worth))
    inventory = available.astype(np.int64)
    found = assign(track, shooter, p, worth, none, many, whole, optimal=True, inventory=inventory)
    return {"value_destroyed": found.expected_value}


def _lofted_booster(inputs: Inputs) -> Found:
    """Fly an interceptor's booster, its last stage cut off early, to a range; return the higher of the two apogees."""
    from cupola.core.earth import geodetic_of
    from cupola.core.rocket import ascend, coast
    from cupola.interceptors.flyout import profile, vehicle
    from cupola.scenario.catalogue import entry

    spec = entry("interceptors", inputs["interceptor"]).spec
    body = vehicle(spec)
    latitude, longitude = (math.radians(float(part)) for part in inputs["from"].split(","))
    azimuth, wanted = parse_quantity(inputs["azimuth"], "angle"), parse_quantity(inputs["range"], "length")
    cutoff = float(body.stage_starts_s[-1]) + parse_quantity(inputs["last_stage_burn"], "time")

    @functools.cache
    def flown(kick: float) -> tuple[float, float]:
        rise, turn = spec.vertical_rise_time, spec.pitch_over_time
        boost = ascend(body, latitude, longitude, 0.0, azimuth, kick, rise, turn, cutoff_s=cutoff)
        free = coast(boost.r[-1], boost.v[-1], boost.end_s, 2_000.0)
        ahead, *_ = profile(free, free.t[-1:], latitude=latitude, longitude=longitude, azimuth=azimuth)
        return float(ahead[0]), float(geodetic_of(free.r)[:, 2].max())

    # The steeper of the two flights to a range: from straight up, the first pitch-over that flies so far.
    low, high = 0.0, math.radians(1.0)
    while flown(high)[0] < wanted:
        low, high = high, high + math.radians(1.0)
        if high > math.radians(20.0):
            raise ValueError(f"got a range of {inputs['range']}, farther than this booster flies with that burn")
    for _ in range(24):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if flown(middle)[0] < wanted else (low, middle)
    return {"apogee": flown(high)[1]}


QUANTITIES: dict[str, Quantity] = {
    "acceleration_ratio": Quantity("dimensionless", "", 3),
    "divert": Quantity("speed", "m/s", 1),
    "miss_of_manoeuvre": Quantity("dimensionless", "", 4),
    "miss_of_heading": Quantity("dimensionless", "", 4),
    "kill_probability": Quantity("dimensionless", "", 3),
    "share_of_optimum": Quantity("dimensionless", "", 6),
    "value_destroyed": Quantity("dimensionless", "", 2),
}

METHODS: dict[str, Callable[[Inputs], Found]] = {
    "homing": _homing,
    "homing-with-lag": _homing_with_lag,
    "record": _record,
    "greedy-against-best": _greedy_against_best,
    "weapons": _weapons,
    "lofted-booster": _lofted_booster,
}
