"""Satellites that are lost and replaced: the closed form against alternating lives drawn one by one."""

import numpy as np
import pytest

from cupola.orbits.availability import AvailabilitySpec, missing_share, steady_availability, working

YEAR = 365.25 * 86_400.0


def test_without_spares_the_share_is_life_over_life_and_delay() -> None:
    spec = AvailabilitySpec(mean_life="5 year", replacement_delay="180 day")
    assert steady_availability(spec, 7_800) == pytest.approx(5.0 / (5.0 + 180.0 / 365.25), rel=1e-6)
    tired = AvailabilitySpec(mean_life="5 year", replacement_delay="180 day", out_of_service=0.1)
    assert steady_availability(tired, 7_800) == pytest.approx(0.9 * steady_availability(spec, 7_800))
    assert steady_availability(AvailabilitySpec(), 100) == 1.0


@pytest.mark.parametrize("shape", [1.0, 8.0])
def test_the_share_missing_at_a_late_hour_is_that_of_drawn_lives(shape: float) -> None:
    """Whether satellites die at random (exponential lives) or of age (gamma lives with a third of the spread)."""
    spec = AvailabilitySpec(mean_life="5 year", replacement_delay="1 year")
    chance = np.random.default_rng(11)
    slots, missing = 20_000, 0
    clock = np.zeros(slots)
    hour = 200.0 * YEAR
    alive = np.ones(slots, dtype=bool)
    running = np.ones(slots, dtype=bool)
    while running.any():
        life = chance.gamma(shape, 5.0 * YEAR / shape, slots)
        dies = clock + life
        alive = np.where(running, dies > hour, alive)
        running &= dies + YEAR <= hour
        clock = np.where(running, dies + YEAR, clock)
    missing = int((~alive).sum())
    share = missing_share(spec)
    assert share == pytest.approx(1.0 / 6.0)
    assert missing / slots == pytest.approx(share, abs=4.0 * np.sqrt(share * (1 - share) / slots))


@pytest.mark.parametrize("spares", [0, 3, 12, 40])
def test_drawn_days_have_the_closed_form_s_mean(spares: int) -> None:
    spec = AvailabilitySpec(mean_life="5 year", replacement_delay="180 day", spares=spares, out_of_service=0.05)
    chance = np.random.default_rng(3)
    days = np.array([working(spec, 120, chance).mean() for _ in range(4_000)])
    assert days.mean() == pytest.approx(steady_availability(spec, 120), abs=4.0 * days.std() / np.sqrt(len(days)))


def test_spares_never_make_more_than_there_are_slots() -> None:
    spec = AvailabilitySpec(mean_life="5 year", replacement_delay="10 day", spares=50)
    assert steady_availability(spec, 100) == pytest.approx(1.0)
    assert working(spec, 100, np.random.default_rng(1)).sum() == 100
