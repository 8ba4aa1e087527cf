"""Every missile of every raid preset can fly from its launch area to its aim point."""

from pathlib import Path

import pytest

import cupola
from cupola.scenario.document import PRESETS
from cupola.threats.ballistic import fly_ballistic

NEWEST = sorted(path.name for path in PRESETS.glob("raid-*-2035.yaml"))


@pytest.mark.parametrize("preset", NEWEST)
def test_every_flight_of_a_raid_preset_is_possible(preset: str, tmp_path: Path) -> None:
    file = tmp_path / "raid.yaml"
    file.write_text(f"cupola: 1\nname: raid\nextends: presets/{preset}\n")
    flown = set()
    for group in cupola.load(file).raid:
        for launch, aim in zip(group.launches, group.aims, strict=True):
            pair = (group.model, launch.name, aim.name)
            if pair in flown:
                continue
            flown.add(pair)
            start = (launch.latitude, launch.longitude, launch.altitude)
            flight = fly_ballistic(group.threat, start, (aim.latitude, aim.longitude), group.apogee)
            assert flight.miss_m < 1_000.0, pair
    assert flown
