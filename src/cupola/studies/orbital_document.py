"""The answer to how many space interceptors it takes, as plain data in the units that people use."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cupola.core.earth import MEAN_RADIUS, central_angle
from cupola.interceptors.space_based import flyout_distance
from cupola.orbits.spec import WalkerSpec
from cupola.studies.orbital_pairs import Pairs
from cupola.studies.orbital_profiles import LATITUDES_DEG, Outline
from cupola.studies.orbital_search import Tried
from cupola.studies.orbital_threats import Missile, NoReach

if TYPE_CHECKING:
    from cupola.studies.orbital import Examined, Sized


def document_of(found: "Sized") -> dict[str, Any]:
    """Return the document of ``--json``."""
    spec, interceptor = found.question.spec, found.question.interceptor
    requirement = spec.requirement
    document: dict[str, Any] = {
        "name": spec.name,
        "interceptor": {
            "model": found.question.source.name,
            "speed_km_s": round(interceptor.speed / 1e3, 6),
            "acceleration_m_s2": round(interceptor.acceleration, 6),
            "burn_time_s": round(interceptor.speed / interceptor.acceleration, 3),
            "minimum_altitude_km": round(interceptor.minimum_altitude / 1e3, 6),
            "divert_km_s": round(interceptor.kill_vehicle.divert / 1e3, 6),
            "maximum_flight_time_s": round(interceptor.maximum_flight_time, 3),
            "per_satellite": spec.per_satellite,
            "values": len(found.question.source.values),
            "assumed": sum(value.confidence == "assumed" for value in found.question.source.values),
        },
        "overrides": [each.model_dump() for each in found.question.overrides],
        "requirement": {
            "shots": requirement.shots,
            "salvo": requirement.salvo,
            "interceptors_needed": spec.needed,
            "satellites_needed": spec.satellites_needed,
            "probability": requirement.probability,
            "over": requirement.over,
        },
        "phases": spec.phases.count,
        "missiles": len(found.missiles),
        "satellites": None if found.subject is None else found.subject.total,
        "constellation": None if found.given is None else constellation(found, found.given),
        "search": None if found.found is None else search(found),
        "pairs": None if found.pairs is None else pairs(found, found.pairs),
        "assumptions": assumptions(found),
    }
    return document


def pairs(found: "Sized", one: Pairs) -> dict[str, Any]:
    """Return the pairs of speed and delay that would give a published number, and the table that they are read from."""
    asked = found.question.spec.pairs
    return {
        "per_missile": None if asked is None else asked.per_missile,
        "curves": [
            {
                "group": group,
                "shots": shots,
                "burnout_s": round(one.burnout_s[one.groups.index(group)], 2),
                "points": [
                    {"speed_km_s": round(float(speed) / 1e3, 6), "delay_s": round(float(delay), 2)}
                    for speed, delay in zip(one.speeds, delays, strict=True)
                    if math.isfinite(delay)
                ],
            }
            for (group, shots), delays in one.curves.items()
        ],
        "table": [
            {
                "group": group,
                "speed_km_s": round(float(speed) / 1e3, 6),
                "delay_s": round(float(delay), 3),
                "absentee_ratio": None if math.isinf(one.ratio[g, v, d]) else round(float(one.ratio[g, v, d]), 2),
            }
            for g, group in enumerate(one.groups)
            for v, speed in enumerate(one.speeds)
            for d, delay in enumerate(one.delays)
        ],
    }


def constellation(found: "Sized", one: "Examined") -> dict[str, Any]:
    """Return what one constellation does against every missile."""
    spec = found.question.spec
    each_carries = spec.per_satellite
    means = one.means * each_carries
    interceptors = one.total * each_carries
    slope = float(one.slope.mean()) * each_carries
    mean = float(means.mean())
    return {
        "shells": [shell(walker) for walker in one.walkers],
        "satellites": one.total,
        "interceptors": interceptors,
        "enough": one.enough,
        "probability_met": round(one.share_met, 6),
        "salvo_over_flights": None
        if one.salvo is None
        else {"probability_met": round(one.salvo.share_met, 6), "shots_served": round(one.salvo.served, 6)},
        "mean_in_reach": _round(mean),
        "worst_mean_in_reach": _round(float(means.min())),
        "absentee_ratio": None if mean == 0.0 else round(interceptors / mean, 2),
        "worst_absentee_ratio": None if means.min() == 0.0 else round(interceptors / float(means.min()), 2),
        "interceptors_per_missile": round(interceptors / spec.requirement.salvo, 2),
        "missiles": [
            missile(each, reached, spec.satellites_needed, each_carries)
            for each, reached in zip(found.missiles, one.reached, strict=True)
        ],
        "latitude": [
            {
                "latitude_deg": latitude,
                **{group: _round(float(values[k]) * each_carries) for group, values in one.latitude.items()},
            }
            for k, latitude in enumerate(LATITUDES_DEG)
        ],
        "delay": {
            "mean_per_second": _round(slope),
            "percent_per_second": None if mean == 0.0 else round(100.0 * slope / mean, 4),
            "satellites_per_second": None if mean == 0.0 else round(-one.total * slope / mean, 2),
            "curve": [
                {
                    "delay_s": float(delay),
                    "mean_in_reach": _round(float(row.mean()) * each_carries),
                    "worst_mean_in_reach": _round(float(row.min()) * each_carries),
                }
                for delay, row in zip(one.delays_s, one.after_delay, strict=True)
            ],
        },
        "reach_map": {
            "missile": found.missiles[one.worst].name,
            "areas": [outline(each, found.missiles[one.worst]) for each in one.outlines],
        },
    }


def shell(walker: WalkerSpec) -> dict[str, Any]:
    """Return a Walker pattern."""
    top = walker.altitude if walker.altitude_top is None else walker.altitude_top
    return {
        "total": walker.total,
        "planes": walker.planes,
        "phasing": walker.phasing,
        "altitude_km": round(walker.altitude / 1e3, 6),
        "altitude_top_km": round(top / 1e3, 6),
        "inclination_deg": round(math.degrees(walker.inclination), 6),
        "pattern": walker.pattern,
    }


def missile(each: Missile, reached: Any, needed: int, each_carries: int) -> dict[str, Any]:
    """Return the times of one missile and the interceptors in reach of it."""
    counts = reached.counts * each_carries
    low, middle, high = np.percentile(counts, [5.0, 50.0, 95.0]).tolist()
    return {
        "name": each.name,
        "threat": each.threat,
        "latitude_deg": round(math.degrees(each.launch.latitude), 4),
        "longitude_deg": round(math.degrees(each.launch.longitude), 4),
        "aim": each.aim,
        "azimuth_deg": round(math.degrees(each.flight.azimuth) % 360.0, 2),
        "burnout_s": round(each.burnout_s, 2),
        "release_s": None if math.isinf(each.release_s) else round(each.release_s, 2),
        "end_s": round(each.end_s, 2),
        "mean_in_reach": _round(reached.mean * each_carries),
        "p05": low,
        "median": middle,
        "p95": high,
        "least": int(counts.min()),
        "most": int(counts.max()),
        "probability_met": round(float((reached.counts >= needed).mean()), 6),
        "reason": "none" if reached.reason is None else reached.reason.code,
        "explanation": "" if reached.reason is None else reached.reason.sentence,
    }


def outline(each: Outline, of: Missile) -> dict[str, Any]:
    """Return one region of satellite positions at launch, and how far from the launch it goes."""
    start = of.launch.latitude, of.launch.longitude
    far = max(central_angle(*start, float(lat), float(lon)) for lat, lon in each.places)
    return {
        "inclination_deg": round(math.degrees(each.inclination), 4),
        "altitude_km": round(each.altitude / 1e3, 3),
        "heading": "northbound" if each.northbound else "southbound",
        "farthest_km": round(MEAN_RADIUS * far / 1e3, 1),
        "outline_deg": [[round(math.degrees(lat), 3), round(math.degrees(lon), 3)] for lat, lon in each.places],
    }


def search(found: "Sized") -> dict[str, Any]:
    """Return the table of all that was tried, the best of it, and the best mix."""
    if found.found is None:
        return {}
    mix = found.found.mix
    return {
        "table": [_tried(each) for each in sorted(found.found.tried, key=lambda t: (t.altitude, t.inclination))],
        "best": None if found.best is None or found.found.best is None else constellation(found, found.best),
        "best_interpolated": None if found.found.best is None else round(found.found.best.satellites, 1),
        "none_because": "" if found.found.best is not None else _why_none(found),
        "mix": None
        if mix is None
        else {
            "satellites": mix.total,
            "probability_met": round(mix.share_met, 6),
            "shells": [shell(walker) for walker in mix.walkers],
        },
    }


def _tried(each: Tried) -> dict[str, Any]:
    walker = each.walker
    total = 0 if walker is None else walker.total
    mean = total * each.shares
    return {
        "altitude_km": round(each.altitude / 1e3, 4),
        "inclination_deg": round(math.degrees(each.inclination), 4),
        "satellites": None if walker is None else walker.total,
        "planes": None if walker is None else walker.planes,
        "interpolated": None if walker is None else round(each.satellites, 1),
        "probability_met": round(each.share_met, 6),
        "mean_in_reach": None if walker is None else _round(float(mean.mean())),
        "worst_mean_in_reach": None if walker is None else _round(float(mean.min())),
        "share_reached": float(f"{each.shares.mean():.6g}"),
        "worst_share_reached": float(f"{each.shares.min():.6g}"),
        "refined": each.refined,
    }


def _why_none(found: "Sized") -> str:
    from cupola.studies.orbital_threats import target

    goals = [target(each, found.question.interceptor) for each in found.missiles]
    never = [(each, goal) for each, goal in zip(found.missiles, goals, strict=True) if isinstance(goal, NoReach)]
    if never:
        each, reason = never[0]
        return f"{each.name}: {reason.sentence} ({len(never)} of {len(goals)} missiles)"
    tried = found.found.tried if found.found else ()
    if all(each.shares.min() == 0.0 for each in tried):
        k = int(np.argmin(np.max([each.shares for each in tried], axis=0)))
        return f"{found.missiles[k].name}: no satellite of any orbit tried reaches it."
    limit = found.question.spec.search.most if found.question.spec.search else 0
    return f"None of up to {limit:,} satellites meets the requirement."


def assumptions(found: "Sized") -> list[str]:
    """Return what the numbers rest on."""
    spec, interceptor = found.question.spec, found.question.interceptor
    far = flyout_distance(interceptor.acceleration, interceptor.speed, 100.0) / 1e3
    lines = [
        f"interceptors burn at {interceptor.acceleration / 9.80665:.3g} g to {interceptor.speed / 1e3:g} km/s "
        f"({far:,.0f} km from their orbit in 100 s) and meet nothing below {interceptor.minimum_altitude / 1e3:g} km; "
        "divert is kept for homing and adds no reach",
        "reach is the engine's own: a burn in one direction, a drift, gravity's difference along the way; every "
        "satellite in reach counts, however its shot would end",
        "true paths are met; what a tracker would err by is not counted",
        f"means are over all phases there are, from the area of the regions; percentiles and probabilities over "
        f"{spec.phases.count:,} {spec.phases.kind} phases",
        "by latitude: the first flight of each group turned along its meridian, as if flown there",
    ]
    last = max(missile.end_s - missile.burnout_s for missile in found.missiles)
    if last > 0.0 and interceptor.engages == ("boost",):
        lines.append(
            f"intercepts up to {last:,.0f} s after burnout count, because the file says so; "
            f"{found.question.source.name} engages boost alone"
        )
    if spec.search is not None:
        lines.append(
            f"sizes are whole planes with {spec.search.per_plane_ratio:g} x as many satellites in each as there are "
            "planes; what is interpolated between two of them ranks the shells"
        )
    return lines


def _round(value: float) -> float:
    return float(f"{value:.6g}")
