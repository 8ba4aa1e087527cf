"""Richardson's arms race against its published equilibrium and numerical integration."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.stability.richardson import Race

RACES = [
    Race(reaction=(0.5, 0.5), fatigue=(1.0, 1.0), grievance=(10.0, 10.0)),
    Race(reaction=(0.9, 0.2), fatigue=(0.5, 0.7), grievance=(3.0, -1.0)),
    Race(reaction=(2.0, 1.5), fatigue=(0.5, 0.4), grievance=(1.0, 2.0)),
    Race(reaction=(0.0, 0.0), fatigue=(0.3, 0.3), grievance=(1.0, 0.0)),
    Race(reaction=(0.0, 0.6), fatigue=(0.3, 0.3), grievance=(1.0, 0.0)),
]


def test_the_worked_example_settles_at_twenty_each() -> None:
    assert RACES[0].equilibrium() == pytest.approx((20.0, 20.0))
    assert RACES[0].stable
    assert RACES[0].arms((0.0, 50.0), 60.0) == pytest.approx((20.0, 20.0), abs=1e-9)


@pytest.mark.parametrize("race", RACES)
def test_the_closed_form_is_what_integration_gives(race: Race) -> None:
    (k, l_), (a, b), (g, h) = race.reaction, race.fatigue, race.grievance

    def rates(t: float, z: np.ndarray) -> list[float]:
        return [k * z[1] - a * z[0] + g, l_ * z[0] - b * z[1] + h]

    found = solve_ivp(rates, (0.0, 4.0), [5.0, 1.0], rtol=1e-11, atol=1e-11)
    assert race.arms((5.0, 1.0), 4.0) == pytest.approx(found.y[:, -1], rel=1e-8)
    assert rates(0.0, np.array(race.equilibrium())) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert race.arms(race.equilibrium(), 3.0) == pytest.approx(race.equilibrium())


def test_a_race_runs_away_when_reaction_outweighs_fatigue() -> None:
    runaway = RACES[2]
    assert not runaway.stable
    near, far = runaway.arms((1.0, 1.0), 2.0), runaway.arms((1.0, 1.0), 6.0)
    assert far[0] > 10.0 * near[0] > 0.0


def test_what_is_no_race_is_refused() -> None:
    with pytest.raises(ValueError, match="this one has no equilibrium"):
        Race(reaction=(1.0, 1.0), fatigue=(1.0, 1.0), grievance=(0.0, 0.0)).equilibrium()
    for change in ({"reaction": (-0.1, 1.0)}, {"fatigue": (0.0, 1.0)}, {"grievance": (float("nan"), 0.0)}):
        with pytest.raises(ValueError, match="accepted are finite numbers"):
            Race(**({"reaction": (1.0, 1.0), "fatigue": (2.0, 2.0), "grievance": (0.0, 0.0)} | change))
