"""Satellites on ellipses in scenarios: from the catalogue, written out, changed by path, refused where they clash."""

from pathlib import Path

import numpy as np
import pytest

from cupola.engine.world import build
from cupola.orbits.constellation import positions
from cupola.orbits.spec import EllipticSpec
from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import load
from cupola.scenario.schema import Scenario
from cupola.scenario.values import with_values

HEAD = """
cupola: 1
name: one missile under warning satellites
raid:
  - {threat: icbm-solid-notional, count: 1, from: {region: north-korea}, to: {city: Denver}}
sensors:
"""
WRITTEN = """{perigee: 1000 km, apogee: 20000 km, inclination: 63.4 deg, argument_of_perigee: 270 deg,
     nodes: [0 deg, 90 deg], mean_anomalies: [0 deg, 180 deg]}"""


def scenario(tmp_path: Path, sensors: str) -> Scenario:
    path = tmp_path / "scenario.yaml"
    path.write_text(HEAD + sensors, "utf-8")
    return load(path)


def test_the_catalogue_deploys_warning_payloads_on_ellipses(tmp_path: Path) -> None:
    loaded = scenario(tmp_path, "  - {constellation: sbirs-heo}\n  - {constellation: next-gen-opir-polar}\n")
    world = build(loaded)
    for station in world.stations:
        assert station.constellation is not None
        assert station.count == 2
        highest = max(positions(station.constellation, t)[0][:, 2].max() for t in np.arange(0.0, 43_200.0, 600.0))
        assert highest > 40_000e3, "apogee is in the north"
    assert any(value.path == "sbirs-heo.deployment.elliptic.perigee" for value in loaded.values)
    assert Scenario.model_validate(loaded.model_dump(mode="json")) == loaded


def test_an_ellipse_can_be_written_out_and_changed_by_path(tmp_path: Path) -> None:
    loaded = scenario(tmp_path, f"  - {{constellation: sbirs-heo, elliptic: {WRITTEN}}}\n")
    orbit = loaded.sensors[0].constellation
    assert isinstance(orbit, EllipticSpec)
    assert orbit.apogee == 20_000e3
    assert not any(value.path.startswith("sbirs-heo.deployment") for value in loaded.values)
    changed = with_values(loaded, {"sensors.sbirs-heo.constellation.apogee": "30000 km"}).sensors[0].constellation
    assert isinstance(changed, EllipticSpec)
    assert changed.apogee == 30_000e3
    with pytest.raises(ScenarioError, match="perigee"):
        with_values(loaded, {"sensors.sbirs-heo.constellation.apogee": "900 km"})


def test_two_geometries_of_one_constellation_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="both longitudes and elliptic"):
        scenario(tmp_path, f"  - {{constellation: sbirs-heo, longitudes: [10 deg], elliptic: {WRITTEN}}}\n")
