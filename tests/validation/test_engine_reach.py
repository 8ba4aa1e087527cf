"""The count of satellites in reach of one missile, against the closed form for a uniform shell.

Harrison (2025), Build Your Own Golden Dome: an interceptor that gains dV at acceleration a and flies T seconds covers
R = dV (T - dV / 2a), a cap of radius r with r^2 = R^2 - (h_orbit - h_intercept)^2 around the intercept point. A shell
of N satellites at inclination i is denser than uniform by 2 / (pi sqrt(sin^2 i - sin^2 phi)) at latitude phi.
"""

import math
from pathlib import Path

import numpy as np

from cupola.battle.engageability import space_opportunities
from cupola.battle.picture import Picture, SpaceBattery
from cupola.engine.world import build
from cupola.interceptors.phases import CODE
from cupola.orbits.constellation import of
from cupola.orbits.spec import WalkerSpec
from cupola.scenario.load import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "golden-dome-cbo-2026.yaml"
RELEASE_S, INTERCEPT_S = 77.0, 155.0
TOTAL, ALTITUDE, INCLINATION = 7_800, 400e3, math.radians(60.0)


def test_satellites_in_reach_of_one_missile_match_the_closed_form():
    scenario = load(EXAMPLE)
    spec = scenario.interceptors[0].spec
    missile = build(scenario).threats[0]
    r, v, _ = missile.trajectory.states(np.array([INTERCEPT_S]))
    picture = Picture(
        now_s=RELEASE_S,
        track=np.array([0]),
        burning=np.array([True]),
        released=np.array([False]),
        burnout_s=np.array([INTERCEPT_S]),
        lethal=np.ones(1),
        times_s=np.array([INTERCEPT_S]),
        r=r[None],
        v=v[None],
        sigma=np.zeros((1, 1)),
        phase=np.full((1, 1), CODE["boost"], np.int8),
    )
    shell = of(WalkerSpec(total=TOTAL, planes=78, phasing=1, altitude="400 km", inclination="60 deg"))
    chance = np.random.default_rng(5)
    counts = []
    for turn, slide in chance.random((400, 2)) * math.tau:
        battery = SpaceBattery(
            name="shell", model="sbi", layer="boost", spec=spec, constellation=shell,
            turn_rad=turn, slide_rad=slide, remaining=np.ones(TOTAL, int),
        )  # fmt: skip
        counts.append(int(space_opportunities(battery, picture, RELEASE_S, 1.0).in_reach[0]))

    radius = np.linalg.norm(r[0])
    latitude = math.asin(r[0, 2] / radius)
    reach = spec.speed * (INTERCEPT_S - RELEASE_S - 0.5 * spec.speed / spec.acceleration)
    orbit = 6_378_137.0 + ALTITUDE
    # Chord between the shell and the intercept point -> central angle of the cap, exact on a sphere.
    cosine = (orbit**2 + radius**2 - reach**2) / (2.0 * orbit * radius)
    share = 0.5 * (1.0 - cosine)
    density = 2.0 / (math.pi * math.sqrt(math.sin(INCLINATION) ** 2 - math.sin(latitude) ** 2))
    expected = TOTAL * share * density
    # The cap is centred on where the satellites drift to, some 5 deg along their tracks: 3 % either way in density.
    assert abs(np.mean(counts) - expected) < 0.06 * expected, (np.mean(counts), expected)
