"""The infrared presets do what is published of them: orbits that repeat, the north always watched, gliders and bodies
seen.
"""

import math

import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS, ROTATION_RATE, Vector, eci_to_ecef, geodetic_to_ecef
from cupola.core.radiation import band_radiance
from cupola.core.sight import sight_altitudes
from cupola.orbits.constellation import Constellation, of, positions
from cupola.scenario import catalogue
from cupola.sensors.background import radiance_contrast
from cupola.sensors.infrared_spec import InfraredSpec, integration_time, noise_factor, scan_period

ELLIPTIC = ("sbirs-heo", "next-gen-opir-polar")
LOW = ("tracking-layer-t1", "tracking-layer-t2", "tracking-layer-t3")
NAMES = [n for n in catalogue.names("sensors") if isinstance(catalogue.entry("sensors", n).spec, InfraredSpec)]


def infrared(name: str) -> InfraredSpec:
    spec = catalogue.entry("sensors", name).spec
    assert isinstance(spec, InfraredSpec)
    return spec


def deployed(name: str) -> Constellation:
    deployment = catalogue.entry("sensors", name).deployment
    assert deployment is not None
    return of(deployment)


@pytest.mark.parametrize("name", ELLIPTIC)
def test_two_turns_of_an_elliptic_payload_take_one_turn_of_the_earth(name: str) -> None:
    """A Molniya orbit: the ground track repeats when twice the draconic period is the Earth's turn under the node."""
    shell = deployed(name)
    turn = math.tau / (ROTATION_RATE - float(shell.node_rate[0]))
    assert 2.0 * math.tau / float(shell.argument_rate[0]) == pytest.approx(turn, abs=5.0)
    assert shell.ellipse is not None
    assert abs(float(shell.ellipse.perigee_rate[0])) * 365.25 * 86_400.0 < math.radians(1.0), "perigee stays south"
    start, _ = positions(shell, 0.0)
    later, _ = positions(shell, turn)
    assert np.linalg.norm(eci_to_ecef(later, turn) - start, axis=1).max() < 50e3


def seen_by_both_and_any(name: str, site: Vector) -> tuple[float, float]:
    shell, spec = deployed(name), infrared(name)
    times = np.arange(0.0, 86_164.0, 300.0)
    seen = np.zeros((len(times), shell.count), np.bool_)
    for k, t in enumerate(times):
        r = eci_to_ecef(positions(shell, float(t))[0], float(t))
        line = site - r
        distance = np.linalg.norm(line, axis=1)
        off = np.arccos(-np.einsum("sc,sc->s", line, r) / distance / np.linalg.norm(r, axis=1))
        clear = sight_altitudes(r, site[None])[:, 0] >= 0.0
        seen[k] = clear & (off <= spec.maximum_off_nadir) & (distance <= spec.maximum_range)
    return float(seen.all(axis=1).mean()), float(seen.any(axis=1).mean())


@pytest.mark.parametrize("name", ELLIPTIC)
def test_the_two_elliptic_payloads_watch_the_arctic_without_a_gap(name: str) -> None:
    """Published purpose: the northern hemisphere. Over the pole, 50 km up, one of the two always looks down on it."""
    both, any_of_them = seen_by_both_and_any(name, np.array(geodetic_to_ecef(math.radians(89.0), 0.0, 50e3)))
    assert any_of_them == 1.0
    assert both > 0.1
    _, south = seen_by_both_and_any(name, np.array(geodetic_to_ecef(math.radians(-60.0), 1.0, 50e3)))
    assert south < 0.35


def test_a_geostationary_belt_does_not_see_the_pole() -> None:
    site = np.array(geodetic_to_ecef(math.radians(89.0), 0.0, 50e3))
    assert seen_by_both_and_any("sbirs-geo", site)[1] == 0.0


@pytest.mark.parametrize("name", NAMES)
def test_stated_noises_are_those_of_one_look(name: str) -> None:
    """So that a noise in an entry can be read, and checked against a task, as it stands."""
    spec = infrared(name)
    assert noise_factor(spec) == pytest.approx(1.0, rel=1e-9)
    assert integration_time(spec) <= spec.revisit
    assert scan_period(spec) <= spec.revisit * (1.0 + 1e-9)
    assert 0.0 < spec.latency <= 5.0


@pytest.mark.parametrize("name", [n for n in NAMES if infrared(n).earth_noise is not None])
def test_scene_noise_is_what_its_note_derives(name: str) -> None:
    """Residual radiance times the solid angle of a pixel: 0.1 W/m2/sr in long wave, 0.01 in mid wave."""
    spec = infrared(name)
    residual = 0.01 if spec.band_high < 6e-6 else 0.1
    assert spec.earth_noise == pytest.approx(residual * spec.pixel**2, rel=0.05)


def test_tranche_two_has_six_medium_field_satellites() -> None:
    """Two of each 18 of three makers."""
    assert deployed("tracking-layer-t2-medium").count == 6
    assert infrared("tracking-layer-t2-medium").needs_cue
    assert not any(infrared(name).needs_cue for name in LOW)


@pytest.mark.parametrize("name", [*LOW, "tracking-layer-t2-medium", "hbtss"])
def test_a_hot_glider_is_seen_against_the_earth(name: str) -> None:
    """A skin of 1,300 K and 2.8 m2 (glide-notional halfway down its range) 3,000 km off, and in the warning band."""
    spec = infrared(name)
    glow = 2.8 * band_radiance(1_300.0, 2.55e-6, 2.85e-6) / 3e6**2
    assert glow / spec.plume_noise > spec.threshold_snr
    if name == "tracking-layer-t2-medium":
        contrast = 2.8 * radiance_contrast(1_300.0, spec.earth_temperature, spec.band_low, spec.band_high) / 3e6**2
        assert contrast / math.hypot(spec.body_noise, spec.earth_noise) > 5.0 * spec.threshold_snr


@pytest.mark.parametrize("name", [n for n in NAMES if infrared(n).earth_noise is not None])
def test_a_cold_warhead_is_lost_against_the_earth(name: str) -> None:
    """300 K and 0.5 m2 a mere 1,500 km off: below the limb nothing in this catalogue finds it."""
    spec = infrared(name)
    contrast = 0.5 * radiance_contrast(300.0, spec.earth_temperature, spec.band_low, spec.band_high) / 1.5e6**2
    assert contrast / math.hypot(spec.body_noise, spec.earth_noise) < 0.5 * spec.threshold_snr


def test_the_field_of_a_geostationary_scanner_holds_the_earth() -> None:
    spec = infrared("sbirs-geo")
    rim = math.asin(EQUATORIAL_RADIUS / float(deployed("sbirs-geo").radius[0]))
    assert rim < spec.maximum_off_nadir <= 0.51 * spec.scan_width
