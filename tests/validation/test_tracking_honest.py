"""Is the covariance honest on real motion? A staged booster with biased sensors, twenty times over."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from cupola.tracking.spec import TrackingSpec
from cupola.tracking.tracker import Tracker


def simulated() -> ModuleType:
    path = Path(__file__).parents[1] / "unit" / "tracking" / "simulated_raid.py"
    spec = importlib.util.spec_from_file_location("simulated_raid", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


RUNS = 20
PHASES = {"boost": (60.0, 185.0), "burnout": (200.0, 260.0), "midcourse": (300.0, 480.0)}


@pytest.fixture(scope="module", params=[("leo", "geo"), ("leo",)])
def errors(request: pytest.FixtureRequest) -> dict[str, np.ndarray]:
    """Per phase: rows of actual position error m, stated sigma m, normalised error squared of position and velocity."""
    raid = simulated()
    flight = raid.boost_flight(500.0)
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in PHASES}
    for run in range(RUNS):
        generator = np.random.Generator(np.random.PCG64(run))
        watchers = raid.Watchers(generator=generator, use=request.param)
        tracker = Tracker(TrackingSpec())
        for t in np.arange(generator.uniform(20.0, 25.0), 490.0, 5.0):
            state = flight.at(t)
            reports = watchers.report(state, t)
            burn = np.where(reports.burning, 170.0, np.nan)
            owner = tracker.process(reports, time_s=t, group=0, burn_time_s=burn).owner
            for name, (low, high) in PHASES.items():
                if low <= t < high and len(owner) and owner[0] >= 0:
                    i = int(owner[0])
                    error = tracker.x[i, :6] - state
                    nees = float(error @ np.linalg.solve(tracker.p[i, :6, :6], error))
                    rows[name].append((float(np.linalg.norm(error[:3])), tracker.sigma_position(i), nees))
    return {name: np.array(values) for name, values in rows.items()}


@pytest.mark.parametrize("phase", list(PHASES))
def test_stated_sigma_is_within_a_factor_two_of_the_error(errors: dict[str, np.ndarray], phase: str) -> None:
    rows = errors[phase]
    assert len(rows) > 0.9 * RUNS * (PHASES[phase][1] - PHASES[phase][0]) / 5.0 - RUNS
    quality = float(np.sqrt(np.mean(rows[:, 0] ** 2 / rows[:, 1] ** 2)))
    assert 0.5 < quality < 2.0


def test_midcourse_errors_are_consistent_with_biases_on(errors: dict[str, np.ndarray]) -> None:
    # Biases tie the errors of one run together: about RUNS independent samples of dimension 6, 6 +- 3 sigma.
    assert errors["midcourse"][:, 2].mean() == pytest.approx(6.0, abs=3.0 * np.sqrt(2.0 * 6.0 / RUNS))


def test_stereo_from_low_orbit_gives_a_track_of_some_hundred_metres(errors: dict[str, np.ndarray]) -> None:
    assert float(np.median(errors["midcourse"][:, 0])) < 150.0
