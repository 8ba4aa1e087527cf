"""The smallest layer of tracking satellites as plain data in the units that people use."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cupola.studies.orbital_document import shell

if TYPE_CHECKING:
    from cupola.studies.stereo import Judged, Layers, Tried


def document_of(found: "Layers") -> dict[str, Any]:
    """Return the document of ``--json``."""
    spec, sensor, requirement = found.question.spec, found.question.sensor, found.question.spec.requirement
    return {
        "name": spec.name,
        "sensor": {
            "model": found.question.source.name,
            "maximum_range_km": round(sensor.maximum_range / 1e3, 6),
            "minimum_tangent_height_km": round(sensor.minimum_tangent_height / 1e3, 6),
            "values": len(found.question.source.values),
            "assumed": sum(value.confidence == "assumed" for value in found.question.source.values),
        },
        "overrides": [each.model_dump() for each in found.question.overrides],
        "requirement": {
            "gap_s": requirement.gap,
            "probability": requirement.probability,
            "over": requirement.over,
            "minimum_crossing_deg": round(math.degrees(requirement.minimum_crossing), 6),
        },
        "phases": spec.phases,
        "step_s": spec.watch.step,
        "flights": [
            {
                "name": flight.name,
                "watched_from_s": round(float(part.times[0]), 2),
                "watched_until_s": round(float(part.times[-1]), 2),
                "burnout_s": round(flight.flight.burnout.time_s, 2),
            }
            for flight, part in zip(found.flights, found.watched, strict=True)
        ],
        "satellites": None if found.best is None else found.best.walker.total,
        "layers": [layer(found, each) for each in found.given],
        "search": None if spec.search is None else search(found),
        "assumptions": assumptions(found),
    }


def layer(found: "Layers", one: "Judged") -> dict[str, Any]:
    """Return how one layer holds every flight."""
    step = found.question.spec.watch.step
    phases = found.question.spec.phases
    flights = []
    for flight, part, held in zip(found.flights, found.watched, one.custody, strict=True):
        middle, high, worst = np.percentile(held.longest, [50.0, 95.0, 100.0]) * step
        flights.append(
            {
                "name": flight.name,
                "stereo_fraction": round(float(held.held.mean()) / len(part.times), 6),
                "longest_gap_median_s": round(float(middle), 3),
                "longest_gap_p95_s": round(float(high), 3),
                "longest_gap_worst_s": round(float(worst), 3),
                "probability_met": round(1.0 - held.failed / phases, 6),
            }
        )
    return {
        "shell": shell(one.walker),
        "satellites": one.walker.total,
        "enough": one.enough,
        "probability_met": round(one.share_met, 6),
        "flights": flights,
    }


def search(found: "Layers") -> dict[str, Any]:
    """Return the table of all that was tried, the best of it, and sizes around it."""
    limit = 0 if found.question.spec.search is None else found.question.spec.search.most
    return {
        "table": [_tried(each) for each in found.tried],
        "best": None if found.best is None else layer(found, found.best),
        "none_because": "" if found.best else f"None of up to {limit:,} satellites meets the requirement.",
        "sizes": [
            {
                "satellites": each.walker.total,
                "probability_met": round(each.share_met, 6),
                "longest_gap_p95_s": max(row["longest_gap_p95_s"] for row in layer(found, each)["flights"]),
                "stereo_fraction": min(row["stereo_fraction"] for row in layer(found, each)["flights"]),
            }
            for each in found.curve
        ],
    }


def _tried(each: "Tried") -> dict[str, Any]:
    walker = each.walker
    return {
        "altitude_km": round(each.altitude / 1e3, 4),
        "inclination_deg": round(math.degrees(each.inclination), 4),
        "planes": each.planes,
        "satellites": None if walker is None else walker.total,
        "per_plane": None if walker is None else walker.total // walker.planes,
        "probability_met": None if walker is None else round(each.share_met, 6),
    }


def assumptions(found: "Layers") -> list[str]:
    """Return what the numbers rest on."""
    spec, sensor = found.question.spec, found.question.sensor
    lines = [
        f"geometry and range alone: a burning missile is seen on a line above {spec.environment.cloud_top / 1e3:g} km, "
        f"a cold body against space, above a tangent height of {sensor.minimum_tangent_height / 1e3:g} km, out to "
        f"{sensor.maximum_range / 1e3:,.0f} km; noise, tasking and the sun are not asked",
        f"instants {spec.watch.step:g} s apart; a gap is a run of them without stereo",
        f"watched until it has come down to {spec.watch.falls_below / 1e3:g} km",
        f"probabilities over {spec.phases:,} even phases of the layer",
    ]
    blind = [word for word, sees in (("plumes", sensor.sees_plumes), ("cold bodies", sensor.sees_bodies)) if not sees]
    if blind:
        lines.append(
            f"{found.question.source.name} does not see {' or '.join(blind)}: nothing is held while that shows"
        )
    if spec.search is not None:
        lines.append(
            "sizes are whole planes, all of them tried from one satellite a plane up; a larger one can do worse, where "
            "its satellites happen to stand"
        )
    return lines
