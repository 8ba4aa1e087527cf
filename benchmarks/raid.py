"""A raid of 300 mixed threats: solved for their aim points and flown, one after the other on one core."""

import math
import time

import numpy as np

from cupola.core.earth import MEAN_RADIUS, great_circle_point
from cupola.scenario.catalogue import entry
from cupola.threats.flight import Flight, InfeasibleFlight
from cupola.threats.kinds import fly

# Threat, how many, shortest and longest range in km: what a nation could launch at once, ICBMs foremost.
MIX = (
    ("icbm-solid-notional", 60, 7_000, 12_000),
    ("icbm-liquid-notional", 40, 7_000, 12_000),
    ("icbm-solid-china-notional", 40, 8_000, 11_000),
    ("mrbm-nodong-class", 20, 700, 1_000),
    ("srbm-scud-b-class", 20, 150, 250),
    ("glide-notional", 20, 6_000, 8_000),
    ("glide-medium-notional", 20, 1_200, 1_700),
    ("quasi-ballistic-notional", 20, 200, 400),
    ("cruise-subsonic-notional", 25, 800, 2_200),
    ("cruise-supersonic-notional", 15, 150, 300),
    ("drone-one-way-notional", 20, 500, 1_500),
)
REPEATS = 3


def main() -> None:
    _raid(np.random.default_rng(0), one_of_each=True)
    rows: dict[str, list[float]] = {}
    totals, misses = [], []
    for repeat in range(REPEATS):
        begin = time.process_time()
        flights = _raid(np.random.default_rng(repeat + 1), rows=rows)
        totals.append(time.process_time() - begin)
        misses += [flight.miss_m for flight in flights]
    print(f"{sum(count for _, count, _, _ in MIX)} threats, {REPEATS} raids; processor time of one warm thread")
    median, high, worst = np.percentile(misses, [50, 95, 100])
    print(f"miss (m): median {median:.2f}, 95 % {high:.2f}, worst {worst:.1f}")
    for name, seconds in rows.items():
        print(f"  {name:30}{1e3 * float(np.median(seconds)):8.1f} ms each (median)")
    print(f"a raid: {min(totals):.2f} s (least), {float(np.median(totals)):.2f} s (median)")


def _raid(
    chance: np.random.Generator, *, one_of_each: bool = False, rows: dict[str, list[float]] | None = None
) -> list[Flight]:
    flights = []
    for name, count, low, high in MIX:
        spec = entry("threats", name).spec
        for _ in range(1 if one_of_each else count):
            begin = time.process_time()
            flights.append(_one(spec, chance, low, high))
            if rows is not None:
                rows.setdefault(name, []).append(time.process_time() - begin)
    return flights


def _one(spec, chance: np.random.Generator, low: float, high: float) -> Flight:  # type: ignore[no-untyped-def]
    """Fly one threat between random points; a course on which the Earth turns the aim out of reach is drawn again."""
    while True:
        launch = (math.radians(chance.uniform(30.0, 55.0)), math.radians(chance.uniform(-180.0, 180.0)), 0.0)
        distance = 1e3 * chance.uniform(low, high) / MEAN_RADIUS
        aim = great_circle_point(launch[0], launch[1], chance.uniform(-0.8, 0.8), distance)
        try:
            return fly(spec, launch, aim)
        except InfeasibleFlight:
            continue


if __name__ == "__main__":
    main()
