"""How published flights are played."""

import math
from collections.abc import Callable

from cupola.core.units import parse_quantity
from cupola.studies.reproduce_case import Found, Inputs


def _two_body(inputs: Inputs) -> Found:
    from cupola.threats.impulsive import flight_to_apogee, minimum_energy

    distance = parse_quantity(inputs["range"], "length")
    if "apogee" in inputs:
        flight = flight_to_apogee(parse_quantity(inputs["apogee"], "length"), distance)
    else:
        flight = minimum_energy(distance)
    return {
        "speed": flight.speed,
        "angle": flight.elevation,
        "apogee": flight.apogee,
        "flight_time": flight.time_s,
    }


def _claim(inputs: Inputs) -> Found:
    from cupola.studies.claims import claim

    return {"verdict": claim(inputs["apogee"], inputs["range"], inputs["time"]).verdict}


def _flight(inputs: Inputs) -> Found:
    from cupola.studies.flights import fly

    flight = fly(
        inputs["threat"],
        inputs["from"],
        inputs.get("to"),
        range=inputs.get("range"),
        azimuth=inputs.get("azimuth"),
        apogee=inputs.get("apogee"),
    )
    return {
        "flight_time": flight.flight_time_s,
        "apogee": flight.apogee_m,
        "range": flight.range_m,
        "full_burn": flight.full_burn_s,
    }


def _boost(inputs: Inputs) -> Found:
    from cupola.scenario.catalogue import entry
    from cupola.threats.ballistic import vehicle_for

    return {"full_burn": vehicle_for(entry("threats", inputs["threat"]).spec).burnout_s}


def _fly_out(inputs: Inputs) -> Found:
    """Fly all stages out from the equator to the north-east over an Earth at rest, as the open models do."""
    from cupola.core.earth import MEAN_RADIUS, central_angle, ecef_to_geodetic
    from cupola.core.rocket import ascend, coast
    from cupola.scenario.catalogue import entry
    from cupola.threats.ballistic import vehicle_for
    from cupola.threats.flight import apogee_of, burnout_at

    spec = entry("threats", inputs["threat"]).spec
    kick = parse_quantity(inputs["kick"], "angle")
    begin, last = (parse_quantity(inputs[name], "time") for name in ("kick_from", "kick_for"))
    boost = ascend(vehicle_for(spec), 0.0, 0.0, 0.0, math.pi / 4, kick, begin, last, rotation_rate=0.0)
    burnout = burnout_at(boost, boost.end_s)
    beta = spec.reentry_vehicle.ballistic_coefficient
    fall = coast(boost.r[-1], boost.v[-1], boost.end_s, beta, rotation_rate=0.0)
    latitude, longitude, _ = ecef_to_geodetic(*fall.r[-1])
    return {
        "burnout_time": burnout.time_s,
        "burnout_speed": burnout.speed_m_s,
        "burnout_altitude": burnout.altitude_m,
        "burnout_angle": burnout.flight_path_rad,
        "range": MEAN_RADIUS * central_angle(0.0, 0.0, latitude, longitude),
        "apogee": apogee_of(fall),
    }


def _glide(inputs: Inputs) -> Found:
    from cupola.scenario.catalogue import entry
    from cupola.threats.glide_plane import glide_from

    answer = glide_from(entry("threats", inputs["threat"]).spec, parse_quantity(inputs["start_speed"], "speed"))
    return {"start_altitude": answer.start_altitude_m, "range": answer.range_m, "flight_time": answer.flight_time_s}


METHODS: dict[str, Callable[[Inputs], Found]] = {
    "two-body": _two_body,
    "claim": _claim,
    "flight": _flight,
    "boost": _boost,
    "fly-out": _fly_out,
    "glide": _glide,
}
