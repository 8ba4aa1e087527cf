import math

import pytest

from cupola.core.earth import MEAN_RADIUS, great_circle_point
from cupola.scenario.catalogue import cited, entry, names
from cupola.threats.ballistic import fly_ballistic, vehicle_for
from cupola.threats.shooting import Shooter
from cupola.threats.spec import BallisticSpec

THREATS = [name for name in names("threats") if isinstance(entry("threats", name).spec, BallisticSpec)]
CITIES = {
    "Washington": (38.9, -77.04),
    "Miami": (25.76, -80.19),
    "Los Angeles": (34.05, -118.24),
    "Honolulu": (21.31, -157.86),
    "San Diego": (32.72, -117.16),
}

# Greatest range in km over 35 deg north, due north, as published or commonly quoted for the class, with its spread.
RANGES = {
    "icbm-solid-china-notional": (12_000, 15_000),
    "icbm-liquid-china-notional": (11_000, 13_500),
    "icbm-solid-russia-notional": (10_500, 13_500),
    "icbm-liquid-heavy-notional": (10_200, 16_000),
    "icbm-iran-notional": (10_000, 14_000),
    "minuteman-iii-class": (9_600, 13_000),
    "mrbm-iran-notional": (1_800, 2_400),
    "mrbm-nodong-class": (1_000, 1_500),
    "srbm-scud-b-class": (290, 330),
}


@pytest.mark.parametrize("name", THREATS)
def test_every_entry_flies_and_cites(name: str) -> None:
    item = entry("threats", name)
    cited({value.source for value in item.values})
    vehicle = vehicle_for(item.spec)
    burn = vehicle.burnout_s
    if name.startswith("icbm"):
        assert (165.0 <= burn <= 190.0) if item.spec.propellant == "solid" else (235.0 <= burn <= 300.0)
    start = (math.radians(35.0), math.radians(60.0), 0.0)
    near = 250e3 if name.startswith("srbm") else 900e3 if name.startswith("mrbm") else 7_500e3
    aim = great_circle_point(start[0], start[1], 0.1, near / MEAN_RADIUS)
    flight = fly_ballistic(item.spec, start, aim)
    assert flight.miss_m < 1_000.0
    assert len(flight.payloads) == item.spec.reentry_vehicles


@pytest.mark.parametrize("name", sorted(RANGES))
def test_ranges_are_those_of_the_class(name: str) -> None:
    spec = entry("threats", name).spec
    start = (math.radians(35.0), math.radians(60.0), 0.0)
    beta = spec.reentry_vehicle.ballistic_coefficient
    shooter = Shooter(
        vehicle_for(spec), spec.vertical_rise_time, spec.pitch_over_time, beta, start, (math.radians(80.0), start[1])
    )
    low, high = RANGES[name]
    assert low <= shooter.furthest()[0] * MEAN_RADIUS / 1e3 <= high


@pytest.mark.parametrize("city", sorted(CITIES))
@pytest.mark.parametrize("name", ["icbm-solid-notional", "icbm-liquid-notional"])
def test_all_of_the_united_states_is_in_range_of_north_korea(name: str, city: str) -> None:
    latitude, longitude = CITIES[city]
    aim = (math.radians(latitude), math.radians(longitude))
    flight = fly_ballistic(entry("threats", name).spec, (math.radians(39.0), math.radians(126.0), 100.0), aim)
    assert flight.miss_m < 100.0
    # Honolulu is 3,700 km nearer than Washington: the solid, sized for 7,700 km of apogee, needs 21 s less burn for it.
    assert flight.full_burn_s - 25.0 < flight.burnout.time_s < flight.full_burn_s


def test_decoys_differ_as_their_names_say() -> None:
    light, credible = (entry("decoys", f"decoy-{kind}-notional").spec for kind in ("light", "credible"))
    vehicle = entry("threats", "icbm-solid-notional").spec.reentry_vehicle
    assert light.ballistic_coefficient < 0.01 * vehicle.ballistic_coefficient
    assert credible.ballistic_coefficient > 0.4 * vehicle.ballistic_coefficient
    assert light.feature_distance >= 2.0
    assert credible.feature_distance == 0.0


def test_every_released_object_says_what_it_is() -> None:
    found = {name: entry("decoys", name) for name in names("decoys")}
    assert all(f"{name}.object_class" in {value.path for value in each.values} for name, each in found.items())
    assert {each.spec.object_class for each in found.values()} == {"decoy", "tank", "debris"}
