"""Every interceptor group as it stands when a run begins: what is there, loaded, on station, under a clear sky."""

import numpy as np

from cupola.battle.launcher import Launcher
from cupola.battle.picture import AerialBattery, Battery, GroundBattery, LaserBattery, SpaceBattery
from cupola.core.chance import stream
from cupola.engine.world import Arsenal, World
from cupola.interceptors.aerial import AerialInterceptorSpec
from cupola.interceptors.laser import LaserSpec
from cupola.interceptors.spec import GroundInterceptorSpec, SpaceInterceptorSpec
from cupola.orbits.availability import working
from cupola.scenario.schema import InterceptorGroup


def constellation_phase(seed: int, run: int, name: str) -> tuple[float, float]:
    """Return a constellation's turn and slide: the raid meets the orbits at a time that nobody knows beforehand."""
    turn, slide = stream(seed, run, "constellation", name).random(2) * 2.0 * np.pi
    return float(turn), float(slide)


def battery_of(world: World, arsenal: Arsenal, seed: int, run: int) -> Battery:
    """Return one group's weapons in one run. Raises ``ValueError`` for a group without what its kind stands on."""
    group, spec = arsenal.group, arsenal.group.spec
    doctrine = world.scenario.battle.doctrine.get(group.layer)
    reserve = int(group.inventory * doctrine.reserve) if doctrine else 0
    if isinstance(spec, SpaceInterceptorSpec):
        return _in_space(arsenal, spec, reserve, seed, run)
    if isinstance(spec, AerialInterceptorSpec):
        return _in_the_air(arsenal, spec, reserve, seed, run)
    if isinstance(spec, LaserSpec):
        return LaserBattery(
            name=group.name,
            model=group.model,
            layer=group.layer,
            spec=spec,
            r_director_ecef=arsenal.r_site_ecef,
            clear=bool(stream(seed, run, "weather", group.name).random() < spec.clear_share),
            remaining=group.inventory,
            reserve=reserve,
        )
    return _on_the_ground(arsenal, spec, reserve)


def _in_space(arsenal: Arsenal, spec: SpaceInterceptorSpec, reserve: int, seed: int, run: int) -> SpaceBattery:
    group, constellation = arsenal.group, arsenal.constellation
    if constellation is None:
        raise ValueError(f"interceptor group {group.name!r} is space-based but has no constellation")
    turn, slide = constellation_phase(seed, run, group.name)
    there = np.ones(constellation.count, dtype=np.bool_)
    if group.availability is not None:
        there = working(group.availability, constellation.count, stream(seed, run, "availability", group.name))
    return SpaceBattery(
        name=group.name,
        model=group.model,
        layer=group.layer,
        spec=spec,
        constellation=constellation,
        turn_rad=turn,
        slide_rad=slide,
        remaining=np.where(there, group.per_satellite, 0).astype(np.int64),
        reserve=reserve,
    )


def _in_the_air(arsenal: Arsenal, spec: AerialInterceptorSpec, reserve: int, seed: int, run: int) -> AerialBattery:
    group, patrol = arsenal.group, arsenal.group.patrol
    up = patrol is None or stream(seed, run, "patrol", group.name).random() < patrol.on_station
    return AerialBattery(
        name=group.name,
        model=group.model,
        layer=group.layer,
        spec=spec,
        r_station_ecef=arsenal.r_site_ecef,
        remaining=group.inventory,
        reserve=reserve,
        launcher=_launcher(group),
        ready_s=-np.inf if up else np.inf,
        alert_delay_s=0.0 if patrol is None else patrol.alert_delay,
    )


def _on_the_ground(arsenal: Arsenal, spec: GroundInterceptorSpec, reserve: int) -> GroundBattery:
    group = arsenal.group
    if arsenal.table is None:
        raise ValueError(f"interceptor group {group.name!r} is ground-based but has no reach table")
    return GroundBattery(
        name=group.name,
        model=group.model,
        layer=group.layer,
        spec=spec,
        table=arsenal.table,
        r_site_ecef=arsenal.r_site_ecef,
        remaining=group.inventory,
        reserve=reserve,
        launcher=_launcher(group),
    )


def _launcher(group: InterceptorGroup) -> Launcher | None:
    return None if group.launcher is None else Launcher(spec=group.launcher)
