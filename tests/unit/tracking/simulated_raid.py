"""Truth for the tracking tests: a three-stage booster integrated with SciPy, satellites on circles, and their reports.

Nothing here uses the tracker's own motion model. The stages are the open-literature Minuteman III class set
(reference: Wright-lineage models): masses, specific impulses and burn times; drag is left out.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from cupola.core.earth import EQUATORIAL_RADIUS, MU, ROTATION_RATE, Vector, geodetic_to_ecef, gravity
from cupola.sensors.detection import Looks, TargetSet, Watch, look
from cupola.sensors.looks import Measurements
from cupola.sensors.radar import RadarSites
from cupola.sensors.spec import InfraredSpec, RadarSpec

STAGES = ((23_230.0, 20_780.0, 267.0, 61.0), (7_270.0, 6_240.0, 287.0, 66.0), (3_710.0, 3_306.0, 285.0, 61.0))
PAYLOAD = 900.0
BURNOUT = sum(stage[3] for stage in STAGES)


@dataclass(frozen=True, kw_only=True)
class Flight:
    times: Vector
    states: Vector  # (k, 6)

    def at(self, time_s: float) -> Vector:
        return np.array([np.interp(time_s, self.times, self.states[:, i]) for i in range(6)])


def boost_flight(end_s: float, *, kick_deg: float = 12.0, azimuth_deg: float = 20.0, dense_s: float = 0.25) -> Flight:
    """Launch near 40.9 N 126.6 E; vertical rise, pitch-over from 8 s to 23 s, gravity turn, free flight until end_s."""
    r0 = np.array(geodetic_to_ecef(math.radians(40.9), math.radians(126.6), 0.0))
    v0 = np.array([-ROTATION_RATE * r0[1], ROTATION_RATE * r0[0], 0.0])
    up0 = r0 / np.linalg.norm(r0)
    east = np.cross([0.0, 0.0, 1.0], up0)
    east /= np.linalg.norm(east)
    north = np.cross(up0, east)
    azimuth = math.radians(azimuth_deg)
    down_range = math.sin(azimuth) * east + math.cos(azimuth) * north
    starts = np.cumsum([0.0, *(stage[3] for stage in STAGES)])
    masses = [sum(s[0] for s in STAGES[i:]) + PAYLOAD for i in range(len(STAGES))]

    def rate(t: float, y: Vector) -> Vector:
        r, v = y[:3], y[3:]
        a = np.array(gravity(*r))
        stage = int(np.searchsorted(starts, t, side="right")) - 1
        if stage < len(STAGES):
            _, fuel, impulse, burn = STAGES[stage]
            thrust = fuel * impulse * 9.80665 / burn
            mass = masses[stage] - fuel / burn * (t - starts[stage])
            w = v - np.array([-ROTATION_RATE * r[1], ROTATION_RATE * r[0], 0.0])
            direction = up0
            if t >= 8.0:
                direction = w / np.linalg.norm(w)
            if 8.0 <= t < 23.0:
                kick = math.radians(kick_deg)
                direction = math.cos(kick) * direction + math.sin(kick) * down_range
                direction /= np.linalg.norm(direction)
            a = a + thrust / mass * direction
        return np.concatenate([v, a])

    times, states, y = [], [], np.concatenate([r0, v0])
    edges = [*(edge for edge in (0.0, 8.0, 23.0, *starts[1:]) if edge < end_s), end_s]
    for a, b in itertools.pairwise(edges):
        grid = np.linspace(a, b, max(int((b - a) / dense_s), 2))
        # Half an ulp inside, so that each piece sees its own side of the jump.
        solution = solve_ivp(
            rate, (a + 1e-9, b - 1e-9), y, t_eval=np.clip(grid, a + 1e-9, b - 1e-9), rtol=1e-9, atol=1e-3
        )
        times.append(solution.t)
        states.append(solution.y.T)
        y = solution.y[:, -1]
    return Flight(times=np.concatenate(times), states=np.concatenate(states))


def walker(time_s: float, *, phase: float, total: int = 72, planes: int = 4, altitude: float = 1e6) -> Vector:
    """Circular orbits, inclination 82 deg, two-body."""
    radius = EQUATORIAL_RADIUS + altitude
    rate = math.sqrt(MU / radius**3)
    index = np.arange(total)
    node = math.tau * (index // (total // planes)) / planes + phase
    turn = math.tau * (index % (total // planes)) / (total // planes) + math.tau * (index // (total // planes)) / total
    u = turn + rate * time_s + 3.0 * phase
    c, s = np.cos(u), np.sin(u)
    ci, si = math.cos(math.radians(82.0)), math.sin(math.radians(82.0))
    return radius * np.column_stack(
        [np.cos(node) * c - np.sin(node) * s * ci, np.sin(node) * c + np.cos(node) * s * ci, s * si]
    )


def geostationary(time_s: float) -> Vector:
    longitudes = np.radians([70.0, 110.0, 150.0, -160.0]) + ROTATION_RATE * time_s
    return 42_164e3 * np.column_stack([np.cos(longitudes), np.sin(longitudes), np.zeros(4)])


LEO = InfraredSpec(
    title="low orbit",
    sees_plumes=True,
    plume_noise="1e-11 W/m^2",
    sees_bodies=True,
    body_noise="3e-13 W/m^2",
    minimum_tangent_height="60 km",
    maximum_range="6500 km",
    pixel="150 microradian",
    bias="30 microradian",
    revisit="5 s",
    threshold_snr=5.0,
)
GEO = InfraredSpec(
    title="geostationary",
    sees_plumes=True,
    plume_noise="5e-13 W/m^2",
    sees_bodies=False,
    body_noise="1e-11 W/m^2",
    minimum_tangent_height="60 km",
    maximum_range="43000 km",
    pixel="15 microradian",
    bias="15 microradian",
    revisit="5 s",
    threshold_snr=6.0,
)


def target_at(state: Vector, time_s: float) -> TargetSet:
    burning = time_s < BURNOUT
    plume = (3e5 if time_s < STAGES[0][3] else 3e4) if burning else 0.0
    return TargetSet(
        exists=np.ones(1, np.bool_),
        r=state[None, :3].copy(),
        v=state[None, 3:].copy(),
        altitude=np.array([np.linalg.norm(state[:3]) - 6_368e3]),
        plume=np.array([plume]),
        body_temperature=np.array([300.0]),
        emissive_area=np.array([0.8]),
        nose=state[None, 3:] / np.linalg.norm(state[3:]),
        rcs=np.full((1, 3, 4), 1.0),
    )


@dataclass(kw_only=True)
class Watchers:
    """The sensors of one run: their phases, biases and m-of-n histories."""

    generator: np.random.Generator
    use: tuple[str, ...] = ("leo", "geo")

    def __post_init__(self) -> None:
        self.phase = self.generator.uniform(0.0, math.tau)
        self.bias = {"leo": self.generator.normal(size=(72, 3)), "geo": self.generator.normal(size=(4, 3))}
        self.watch = {"leo": Watch(72, 1, hits=2, looks=3), "geo": Watch(4, 1, hits=2, looks=3)}

    def report(self, state: Vector, time_s: float) -> Measurements:
        parts = []
        for name, spec, offset in (("leo", LEO, 0), ("geo", GEO, 72)):
            if name not in self.use:
                continue
            positions = walker(time_s, phase=self.phase) if name == "leo" else geostationary(time_s)
            looks: Looks = look(
                spec,
                (positions, np.zeros_like(positions)),
                target_at(state, time_s),
                time_s,
                cloud_top_m=8e3,
                uniforms=self.generator.uniform(size=(len(positions), 1)),
                normals=self.generator.normal(size=(len(positions), 1, 3)),
                bias=self.bias[name],
            )
            parts.append(looks.measurements(self.watch[name].update(looks.hit), sensor_offset=offset)[0])
        return Measurements.join(parts)


def radar_reports(
    spec: RadarSpec, sites: RadarSites, state: Vector, time_s: float, generator: np.random.Generator, bias: Vector
) -> Measurements:
    count = len(sites.r_ecef)
    looks = look(
        spec,
        sites,
        target_at(state, time_s),
        time_s,
        cloud_top_m=8e3,
        uniforms=generator.uniform(size=(count, 1)),
        normals=generator.normal(size=(count, 1, 3)),
        bias=bias,
    )
    return looks.measurements(sensor_offset=100)[0]
