"""Coverage of the globe by satellites and radars: shares, stereo, gaps, age of information, custody of flights."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, Vector
from cupola.orbits.coverage import Grid, Tally, sweep
from cupola.scenario.catalogue import entry, names
from cupola.scenario.schema import SensorGroup
from cupola.sensors.spec import InfraredSpec
from cupola.studies.coverage_area import grid_of, title_of
from cupola.studies.coverage_custody import FlightCustody, custody_of, described, flown
from cupola.studies.coverage_spec import CoverageSpec, Question, Shell, ask, read_question
from cupola.studies.coverage_stations import (
    Station,
    after_losses,
    rule_of,
    standing_of,
    stations_of,
    views_of,
)

_AT_ONCE = 120_000  # satellite positions held in memory


@dataclass(frozen=True, kw_only=True)
class ShellMap:
    """What the cells (rows, columns) of a grid met with on one shell; NaN outside the area.

    Shares of the time ``covered`` and in ``stereo``, mean number ``visible``; ``longest_gap_s``, ``mean_gap_s`` and
    mean ``age_s`` of information; ``share`` (samples,) of the area covered at each instant; ``least`` (rows,) in view.
    """

    shell: Shell
    covered: Vector
    stereo: Vector
    visible: Vector
    longest_gap_s: Vector
    mean_gap_s: Vector
    age_s: Vector
    share: Vector
    least: Vector


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The answer to a coverage question: maps by shell, custody by flight, and the ``document`` of ``--json``."""

    question: Question
    grid: Grid
    maps: tuple[ShellMap, ...]
    custody: tuple[FlightCustody, ...]
    document: dict[str, Any]


def coverage(question: str | Path | CoverageSpec) -> Coverage:
    """Return what the sensors of a coverage file, or of a spec, see of the globe.

    Raises :class:`cupola.scenario.errors.ScenarioError` for what is not accepted and
    :class:`cupola.threats.flight.InfeasibleFlight` for a flight that cannot be flown.
    """
    asked = ask(question) if isinstance(question, CoverageSpec) else read_question(question)
    spec = asked.spec
    grid = grid_of(spec.grid, spec.area)
    flights = [flown(item) for item in spec.trajectories]
    stations = stations_of(asked)
    maps = tuple(shell_map(spec, stations, grid, shell) for shell in spec.shells)
    custody = tuple(custody_of(spec, stations, flight) for flight in flights)
    shells = [_summary(each, grid, spec.step) for each in maps]
    document: dict[str, Any] = {
        "name": spec.name,
        "area": title_of(spec.area),
        "duration_s": spec.samples * spec.step,
        "step_s": spec.step,
        "grid_deg": round(math.degrees(spec.grid), 9),
        "cells": int((grid.weight > 0.0).sum()),
        "minimum_crossing_deg": round(math.degrees(spec.minimum_crossing), 6),
        "sensors": [_sensor(station) for station in stations],
        "overrides": [each.model_dump() for each in asked.overrides],
        **{key: value for key, value in shells[0].items() if key != "by_latitude"},
        "shells": shells,
        "custody": [described(each) for each in custody],
        "losses": [_loss(asked, stations, grid, custody, count) for count in spec.losses],
        "assumptions": assumptions(asked),
    }
    return Coverage(question=asked, grid=grid, maps=maps, custody=custody, document=document)


def shell_map(spec: CoverageSpec, stations: tuple[Station, ...], grid: Grid, shell: Shell) -> ShellMap:
    """Return what every cell of the grid meets with on one shell."""
    tally = Tally.empty(grid, spec.samples)
    standing = standing_of(stations, grid, shell)
    radius = EQUATORIAL_RADIUS + shell.altitude
    together = max(1, _AT_ONCE // max(1, sum(station.count for station in stations)))
    for first in range(0, spec.samples, together):
        times = np.arange(first, min(first + together, spec.samples)) * spec.step
        views = views_of(stations, times, shell, spec.environment.cloud_top)
        sweep(grid, tally, first, views, radius, standing, spec.minimum_crossing)
    inside = grid.weight > 0.0

    def shown(values: Any) -> Vector:
        return np.where(inside, values, np.nan)

    missed = (tally.samples - tally.covered) * spec.step
    return ShellMap(
        shell=shell,
        covered=shown(tally.covered / tally.samples),
        stereo=shown(tally.stereo / tally.samples),
        visible=shown(tally.visible / tally.samples),
        longest_gap_s=shown(tally.longest * spec.step),
        mean_gap_s=shown(missed / np.maximum(tally.gaps, 1)),
        age_s=shown(tally.waited * spec.step / tally.samples),
        share=tally.share,
        least=np.where(inside.any(axis=1), tally.least, 0).astype(np.float64),
    )


def _summary(found: ShellMap, grid: Grid, step: float) -> dict[str, Any]:
    """Return the figures of one shell, averaged over the area and the time."""

    def mean(values: Vector) -> float:
        return float(np.nansum(grid.weight * values))

    seen = grid.weight * (found.covered > 0.0)
    revisit = float(np.nansum(seen * found.mean_gap_s) / seen.sum()) if seen.sum() > 0.0 else None
    return {
        "altitude_km": round(found.shell.altitude / 1e3, 6),
        "shows": found.shell.shows,
        "fraction_covered": round(mean(found.covered), 6),
        "fraction_stereo": round(mean(found.stereo), 6),
        "fraction_always_covered": round(float(grid.weight[found.covered == 1.0].sum()), 6),
        "fraction_ever_covered": round(float(seen.sum()), 6),
        "least_share_at_an_instant": round(float(found.share.min()), 6),
        "mean_visible": round(mean(found.visible), 6),
        "largest_gap_s": float(np.nanmax(found.longest_gap_s)),
        "mean_revisit_s": None if revisit is None else round(revisit, 3),
        "age_mean_s": round(mean(found.age_s), 3),
        "age_max_s": float(np.nanmax(found.longest_gap_s)),
        "by_latitude": [_parallel(found, grid, row) for row in range(len(grid.latitude)) if grid.weight[row].any()],
    }


def _parallel(found: ShellMap, grid: Grid, row: int) -> dict[str, float]:
    return {
        "latitude_deg": round(math.degrees(float(grid.latitude[row])), 6),
        "fraction_covered": round(float(np.nanmean(found.covered[row])), 6),
        "fraction_stereo": round(float(np.nanmean(found.stereo[row])), 6),
        "mean_visible": round(float(np.nanmean(found.visible[row])), 4),
        "min_visible": int(found.least[row]),
        "largest_gap_s": float(np.nanmax(found.longest_gap_s[row])),
    }


def _loss(
    asked: Question, stations: tuple[Station, ...], grid: Grid, custody: tuple[FlightCustody, ...], count: int
) -> dict[str, Any]:
    """Return what is left of the first shell's coverage, and of custody, after the loss of ``count`` satellites."""
    spec = asked.spec
    left = after_losses(stations, count)
    fewer = tuple(replace(station, kept=kept) for station, kept in zip(stations, left, strict=True))
    summary = _summary(shell_map(spec, fewer, grid, spec.shells[0]), grid, spec.step)
    kept = np.concatenate([flags[station.kept] for flags, station in zip(left, stations, strict=True)])
    return {
        "satellites_lost": count,
        **{key: summary[key] for key in ("fraction_covered", "fraction_stereo", "mean_visible", "largest_gap_s")},
        "custody": [described(each.with_sensors(kept), brief=True) for each in custody],
    }


def _sensor(station: Station) -> dict[str, Any]:
    group = station.group
    values = entry("sensors", group.model).values if group.model in names("sensors") else ()
    return {
        "name": group.name,
        "model": group.model,
        "kind": group.spec.kind,
        "count": station.count,
        "removed": len(station.kept) - station.count,
        "values": len(values),
        "assumed": sum(value.confidence == "assumed" for value in values),
    }


def assumptions(asked: Question) -> list[str]:
    """Return in sentences what the answer rests on."""
    spec = asked.spec
    lines = [
        f"Maps: spherical Earth of {EQUATORIAL_RADIUS / 1e3:,.3f} km that turns, straight sight lines; each instant "
        f"stands for {spec.step:g} s, each cell for its middle.",
        "A gap is the time between two instants at which somebody looks; one open at either end counts as far as seen.",
        f"Stereo: two sensors whose sight lines cross at {math.degrees(spec.minimum_crossing):g} deg or more, radars "
        "among them; a radar's range is not counted as a second line.",
    ]
    lines += [_access(group, shell, spec.environment.cloud_top) for shell in spec.shells for group in asked.groups]
    if spec.trajectories:
        lines.append(
            f"Custody: a look with detection probability of one half or more, confirmed by the sensor's m of n, not "
            f"older than {spec.custody.within:g} s; mean of {spec.custody.launches} launch times over the duration."
        )
    return lines


def _access(group: SensorGroup, shell: Shell, cloud_top: float) -> str:
    """Return in a sentence what a group sees of a shell."""
    where = f"{group.name} at {shell.altitude / 1e3:g} km"
    if not isinstance(group.spec, InfraredSpec):
        signal = "geometry and instrumented range alone"
        if shell.cross_section is not None:
            signal = f"geometry, and a signal of {shell.cross_section:g} m2"
        return f"{where}: radar horizon of a 4/3 Earth, sector and elevations; {signal}."
    rule = rule_of(group.spec, shell, cloud_top)
    if rule is None:
        return f"{where}: sees nothing that is {shell.shows}, and counts for nothing."
    reach = f"range up to {rule[2] / 1e3:,.0f} km"
    if shell.intensity is not None:
        reach += f" for {shell.intensity:g} W/sr"
    lowest = "" if shell.minimum_elevation is None else f", {math.degrees(shell.minimum_elevation):g} deg of elevation"
    if shell.shows == "bright":
        clouds = f"the line stays above the clouds' {cloud_top / 1e3:g} km"
        return f"{where}: bright, seen against space and Earth where {clouds}; {reach}{lowest}."
    return (
        f"{where}: cold, seen only where the line, followed on behind it, stays above "
        f"{group.spec.minimum_tangent_height / 1e3:g} km; {reach}{lowest}."
    )
