"""The sensors of a coverage question as geometry: what satellites can look at, which cells radars see."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import EQUATORIAL_RADIUS, Vector, geodetic_to_ecef
from cupola.orbits.constellation import Constellation, positions
from cupola.orbits.constellation import of as constellation_of
from cupola.orbits.coverage import Grid
from cupola.orbits.coverage_access import look_down, rules
from cupola.scenario.errors import ScenarioError
from cupola.scenario.schema import SensorGroup
from cupola.sensors.detection import RadarSites, TargetSet, draws_per_look, look
from cupola.sensors.spec import RADAR_BANDS, InfraredSpec, RadarSpec
from cupola.studies.coverage_spec import Question, Shell

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]

PLAIN_TO_SEE = 1e15
"""m2; a cross-section with which geometry alone decides"""


@dataclass(frozen=True, kw_only=True)
class Station:
    """One sensor group: a constellation of which the satellites ``kept`` (s,) work, or radar sites."""

    group: SensorGroup
    constellation: Constellation | None
    kept: Flags
    sites: RadarSites | None

    @property
    def count(self) -> int:
        """Sensors that work."""
        return int(self.kept.sum())

    def where(self, time_s: float) -> tuple[Vector, Vector] | RadarSites:
        """Return positions in m and velocities in m/s of the satellites that work, or the sites."""
        if self.sites is not None:
            return self.sites
        r, v = positions(_in_orbit(self), time_s)
        return r[self.kept], v[self.kept]


def stations_of(question: Question) -> tuple[Station, ...]:
    """Return the sensor groups of a question without the satellites that it takes out."""
    found = []
    for group in question.groups:
        if not isinstance(group.spec, InfraredSpec | RadarSpec):
            raise ScenarioError(
                f"{group.name}: coverage knows no sensors of the kind {group.spec.kind!r}; accepted are infrared "
                "satellites and ground radars"
            )
        if group.constellation is None:
            places = [(site.latitude, site.longitude, site.altitude) for site in group.sites]
            height = group.spec.antenna_height if isinstance(group.spec, RadarSpec) else 0.0
            sites = RadarSites.at(places, [site.boresights for site in group.sites], height)
            kept = np.ones(len(places), dtype=np.bool_)
            found.append(Station(group=group, constellation=None, kept=kept, sites=sites))
            continue
        constellation = constellation_of(group.constellation)
        kept = np.ones(constellation.count, dtype=np.bool_)
        kept[order_of_loss(constellation.count)[: question.spec.removed.get(group.name, 0)]] = False
        found.append(Station(group=group, constellation=constellation, kept=kept, sites=None))
    return tuple(found)


def order_of_loss(count: int) -> Indices:
    """Return the order in which satellites fail: each next one far from those before it, plane by plane and seat by
    seat (van der Corput 1935: by their numbers with the binary digits turned round).
    """
    bits = max(1, (count - 1).bit_length())
    turned = [int(format(i, f"0{bits}b")[::-1], 2) for i in range(count)]
    return np.argsort(turned, kind="stable").astype(np.int64)


def after_losses(stations: tuple[Station, ...], losses: int) -> tuple[Flags, ...]:
    """Return which sensors (s,) of each group still work after ``losses`` satellites more: every group in proportion,
    and more losses always include the fewer.
    """
    queue: list[tuple[float, int, int]] = []
    for index, station in enumerate(stations):
        if station.constellation is not None:
            order = [int(i) for i in order_of_loss(len(station.kept)) if station.kept[i]]
            queue += [((rank + 0.5) / len(order), index, i) for rank, i in enumerate(order)]
    left = [station.kept.copy() for station in stations]
    for _, index, satellite in sorted(queue)[:losses]:
        left[index][satellite] = False
    return tuple(left)


def rule_of(spec: InfraredSpec, shell: Shell, cloud_top: float) -> Vector | None:
    """Return the access rules of a satellite sensor to a shell; none where it is blind to what shows there.

    A cold body needs space behind it, the line of sight above the lowest tangent height; what is bright needs a line
    that stays above the clouds. A signal, where the shell has one, bounds the range by the noise: at the threshold one
    look in two detects.
    """
    cold = shell.shows == "cold"
    if not (spec.sees_bodies if cold else spec.sees_plumes):
        return None
    reach = spec.maximum_range
    if shell.intensity is not None:
        noise = spec.body_noise if cold else spec.plume_noise
        reach = min(reach, math.sqrt(shell.intensity / (noise * spec.threshold_snr)))
    return rules(
        floor=0.0 if cold else cloud_top,
        limb=spec.minimum_tangent_height if cold else None,
        reach=reach,
        elevation=shell.minimum_elevation,
    )


def views_of(stations: tuple[Station, ...], times: Vector, shell: Shell, cloud_top: float) -> Vector:
    """Return (m, s, 6) what all satellites that work and are not blind see of a shell at ``times`` (m,)."""
    parts = [np.empty((len(times), 0, 6))]
    for station in stations:
        if station.constellation is None or not station.count:
            continue
        spec = station.group.spec
        if not isinstance(spec, InfraredSpec):
            continue
        rule = rule_of(spec, shell, cloud_top)
        if rule is None:
            continue
        r = np.stack([positions(station.constellation, float(time))[0][station.kept] for time in times])
        out = np.empty((len(times), station.count, 6))
        look_down(r, times, EQUATORIAL_RADIUS + shell.altitude, rule, out)
        parts.append(out)
    return np.concatenate(parts, axis=1)


def standing_of(stations: tuple[Station, ...], grid: Grid, shell: Shell) -> tuple[Flags, Vector]:
    """Return which cells every ground radar sees (k, rows, columns) and where it stands (k, 3) on the sphere, in m."""
    seen: list[Flags] = []
    places: list[Vector] = []
    for station in stations:
        if station.sites is None:
            continue
        seen.append(_cells_in_view(station, grid, shell))
        for site in station.group.sites:
            level = math.cos(site.latitude)
            direction = [level * math.cos(site.longitude), level * math.sin(site.longitude), math.sin(site.latitude)]
            places.append((EQUATORIAL_RADIUS + site.altitude) * np.array(direction))
    if not places:
        return np.zeros((0, *grid.weight.shape), dtype=np.bool_), np.zeros((0, 3))
    return np.concatenate(seen), np.array(places)


def _cells_in_view(station: Station, grid: Grid, shell: Shell) -> Flags:
    """Return the cells (sites, rows, columns) of which a look at the cell's middle detects at least one time in two."""
    rows, columns = np.nonzero(grid.weight > 0.0)
    r = np.array(
        [
            geodetic_to_ecef(float(lat), float(lon), shell.altitude)
            for lat, lon in zip(grid.latitude[rows], grid.longitude[columns], strict=True)
        ]
    )
    n = len(r)
    area = PLAIN_TO_SEE if shell.cross_section is None else shell.cross_section
    targets = TargetSet(
        exists=np.ones(n, dtype=np.bool_),
        r=r,
        v=np.zeros((n, 3)),
        altitude=np.full(n, shell.altitude),
        plume=np.zeros(n),
        body_temperature=np.full(n, 250.0),
        emissive_area=np.zeros(n),
        nose=r / np.linalg.norm(r, axis=1)[:, None],
        rcs=np.full((n, 3, len(RADAR_BANDS)), area),
    )
    hit = expected_hits(station, targets, 0.0, cloud_top=0.0)
    out = np.zeros((len(hit), *grid.weight.shape), dtype=np.bool_)
    out[:, rows, columns] = hit
    return out


def expected_hits(station: Station, targets: TargetSet, time_s: float, *, cloud_top: float) -> Flags:
    """Return which sensors detect which targets (s, n) with a probability of at least one half in one look.

    The sensors' own looks are asked, with a draw of one half and without noise, so that whatever they model counts.
    """
    shape = (station.count, len(targets.exists))
    looks = look(
        station.group.spec,
        station.where(time_s),
        targets,
        time_s,
        cloud_top_m=cloud_top,
        uniforms=np.full(shape, 0.5 - 1e-12),
        normals=np.zeros((*shape, draws_per_look(station.group.spec))),
        bias=np.zeros((station.count, 3)),
    )
    return looks.hit


def _in_orbit(station: Station) -> Constellation:
    if station.constellation is None:
        raise ValueError(f"sensor group {station.group.name!r} has neither sites nor a constellation")
    return station.constellation
