"""Losses of a layer: who is lost, what is left, how it comes back."""

import math

import numpy as np
import pytest

from cupola.core.earth import central_angle, ecef_to_geodetic, eci_to_ecef
from cupola.interceptors.orbit_count import planes_of
from cupola.orbits.constellation import positions
from cupola.studies.orbital_count import layer_of, phases_of
from cupola.studies.orbital_spec import PhasesSpec
from cupola.studies.survival import size_survivability, there_after
from cupola.studies.survival_document import days_until
from cupola.studies.survival_spec import Replenishment, SurvivabilitySpec, ask

PLACE = {"latitude": "40 deg", "longitude": "120 deg"}
FILE = {
    "cupola": 1,
    "kind": "survivability",
    "name": "test",
    "threats": [{"threat": "icbm-solid-notional", "from": {"region": "north-korea"}, "to": [{"city": "Washington"}]}],
    "interceptor": "sbi-notional",
    "timeline": {"detection": "40 s"},
    "shells": [
        {"walker": {"total": 2000, "planes": 40, "phasing": 1, "altitude": "400 km", "inclination": "50 deg"}},
        {"walker": {"total": 600, "planes": 20, "phasing": 1, "altitude": "500 km", "inclination": "60 deg"}},
    ],
    "losses": [
        {"name": "share", "share": 0.25},
        {"name": "planes", "planes": 3},
        {"name": "above", "above": {**PLACE, "within": "1000 km", "during": "60 s"}},
        {"name": "nothing", "share": 0.0},
    ],
    "replenishment": {"per_year": 365.25, "per_launch": 10, "first_after": "5 d"},
    "duration": "3 h",
    "step": "6 min",
    "phases": 40,
}  # fmt: skip


@pytest.fixture(name="question", scope="module")
def _question():
    return ask(SurvivabilitySpec.model_validate(FILE))


def masks(question):
    layer = layer_of([shell.walker for shell in question.spec.shells])
    phases = phases_of(PhasesSpec(count=question.spec.phases), question.spec.seed)
    return layer, phases, [there_after(question, loss, layer, phases) for loss in question.spec.losses]


def test_a_share_and_whole_planes_are_lost(question):
    layer, _, (share, planes, _, nothing) = masks(question)
    assert (~share).sum(axis=1).tolist() == [650] * 40
    assert nothing.all()
    begin = planes_of(layer).begin
    firsts = set()
    for row in planes:
        gone = [k for k in range(60) if not row[begin[k] : begin[k + 1]].any()]
        assert len(gone) == 3
        assert all(row[begin[k] : begin[k + 1]].all() for k in range(60) if k not in gone)
        firsts.add(min(gone))
    assert len(firsts) > 25


def test_those_over_a_place_are_lost(question):
    """Against geodesy, satellite by satellite: beneath which satellite is the place near, at any of four instants."""
    layer, phases, (_, _, above, _) = masks(question)
    for f in (0, 7, 23):
        near = np.zeros(layer.count, dtype=bool)
        for time in (-60.0, -40.0, -20.0, 0.0):
            r, _ = positions(layer, time, turn_rad=phases.turns[f], slide_rad=phases.slides[f])
            for i, place in enumerate(eci_to_ecef(r, time)):
                # Geocentric latitude of the ground beneath, as the angle at the Earth's centre asks.
                lat, lon, _ = ecef_to_geodetic(*place)
                lat = math.asin(place[2] / np.linalg.norm(place))
                near[i] |= central_angle(lat, lon, math.radians(40.0), math.radians(120.0)) * 6_378_137.0 < 1000e3
        np.testing.assert_array_equal(~above[f], near)
        assert 0 < near.sum() < 200


def test_cover_falls_as_satellites_do_and_a_hole_comes_round_again(question):
    found = size_survivability(question.spec)
    share, planes, above, nothing = found.losses
    whole = found.whole.mean()
    np.testing.assert_allclose(nothing.cover, found.whole)
    # Cover is linear in satellites: those lost at random take their own share with them.
    assert share.cover.mean() / whole == pytest.approx(0.75, abs=0.02)
    assert planes.cover.mean() / whole == pytest.approx(1.0 - planes.lost.mean() / found.total, abs=0.05)
    assert share.refilled[0] / whole == pytest.approx(0.75, abs=0.03)
    assert share.refilled[-1] / whole == pytest.approx(1.0, abs=0.03)
    assert (np.diff(share.refilled) > 0.0).all()
    # Missiles rise some 6 deg east of the place: a hole of 1,000 km over it is gone within minutes, and back one orbit
    # later, some 93 minutes, while the Earth has turned on by 23 deg.
    relative = above.cover / found.whole
    period = np.argmin(np.abs(found.times_s - 94.0 * 60.0))
    assert relative[0] < 0.85
    assert relative[3:10].min() > 0.95
    assert relative[period - 2 : period + 3].min() < 0.97
    # A place's own loss later is its share of the layer.
    assert above.refilled[0] / whole == pytest.approx(1.0 - above.lost.mean() / found.total, abs=0.03)


def test_replacement_goes_launch_by_launch():
    plan = Replenishment.model_validate(FILE["replenishment"])
    assert days_until(plan, 100.0, 0.0) == 0.0
    assert days_until(plan, 100.0, 0.1) == 5.0
    assert days_until(plan, 100.0, 0.11) == 15.0
    assert days_until(plan, 100.0, 1.0) == 95.0
