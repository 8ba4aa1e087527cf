"""What tracks are worth: people at the foretold impact, and the assignment that follows."""

import numpy as np
import pytest

from cupola.battle.assignment import assign
from cupola.battle.authority import Authority
from cupola.battle.priorities import expected_people
from cupola.battle.sightings import Sightings
from cupola.battle.spec import BattleSpec, LayerDoctrine
from cupola.core.earth import MEAN_RADIUS, great_circle_point
from cupola.scenario.load import load

KM = 1e3


def place(north_km: float, east_km: float, people: float) -> tuple[float, float, float]:
    azimuth = np.arctan2(east_km, north_km)
    latitude, longitude = great_circle_point(0.7, -1.3, float(azimuth), np.hypot(north_km, east_km) * KM / MEAN_RADIUS)
    return latitude, longitude, people


def test_the_closed_form_is_the_mean_over_drawn_impact_points() -> None:
    assets = np.array([place(0.0, 0.0, 8e6), place(40.0, -25.0, 2e6), place(-90.0, 60.0, 3e6), place(900.0, 0.0, 9e6)])
    covariance = np.array([[400.0, 250.0], [250.0, 900.0]]) * KM**2
    east, north = np.random.default_rng(3).multivariate_normal([0.0, 0.0], covariance, 200_000).T
    offsets = np.array([[0.0, 0.0], [-25.0, 40.0], [60.0, -90.0], [0.0, 900.0]]) * KM
    square = (east[:, None] - offsets[:, 0]) ** 2 + (north[:, None] - offsets[:, 1]) ** 2
    drawn = np.exp(-0.5 * square / (15.0 * KM) ** 2) @ assets[:, 2]
    found = expected_people(0.7, -1.3, covariance, assets, radius=15.0 * KM)
    assert found == pytest.approx(drawn.mean(), abs=4.0 * drawn.std() / np.sqrt(len(drawn)))


def test_a_sure_hit_counts_all_people_a_far_or_vague_one_few() -> None:
    assets = np.array([place(0.0, 0.0, 5e6)])
    sure, vague = np.eye(2), np.eye(2) * (300.0 * KM) ** 2
    assert expected_people(0.7, -1.3, sure, assets, radius=10.0 * KM) == pytest.approx(5e6, rel=1e-6)
    assert expected_people(0.7, -1.3, vague, assets, radius=10.0 * KM) == pytest.approx(5e6 / 901.0, rel=1e-6)
    away = np.array([place(0.0, 20.0, 5e6)])
    assert expected_people(0.7, -1.3, sure, away, radius=10.0 * KM) == pytest.approx(5e6 * np.exp(-2.0), rel=1e-3)


def test_scarce_shots_go_where_the_people_are() -> None:
    track, shooter = np.repeat([0, 1, 2], 2), np.tile([0, 1], 3)
    worth = np.array([0.2, 1.0, 0.5])
    chosen = assign(
        track, shooter, np.full(6, 0.7), worth, np.zeros(6), np.ones(3, np.int64), np.ones(3), optimal=True
    ).chosen
    assert sorted(track[chosen].tolist()) == [1, 2]


def test_a_reserve_is_freed_when_no_later_wave_is_waited_for() -> None:
    spec = BattleSpec(doctrine={"upper": LayerDoctrine(reserve=0.5, reserve_until="600 s")})
    clock = Authority(spec, spec.doctrine, Sightings())
    assert not clock.reserve_freed("upper", 1e6), "nothing has come yet"
    clock.firm(np.arange(1), np.ones(1, np.bool_), 100.0)
    clock.firm(np.arange(1), np.ones(1, np.bool_), 300.0)
    assert not clock.reserve_freed("upper", 699.0)
    assert clock.reserve_freed("upper", 700.0)
    assert clock.alone("upper", 200.0).reserve_freed("upper", 700.0)
    kept = BattleSpec(doctrine={"upper": LayerDoctrine(reserve=0.5)})
    assert not Authority(kept, kept.doctrine, Sightings()).reserve_freed("upper", 1e9)


def test_people_without_anything_to_defend_are_refused(tmp_path) -> None:
    file = tmp_path / "open.yaml"
    file.write_text(
        "cupola: 1\nname: open\nraid: [{threat: icbm-solid-notional, count: 1, from: {region: north-korea}, "
        "to: {city: Washington}}]\nbattle: {priorities: {by: people}}\n"
    )
    with pytest.raises(ValueError, match=r"priorities\.by.*defended"):
        load(file)
