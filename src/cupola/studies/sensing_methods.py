"""How published results of sensors and of their coverage are played."""

import functools
import math
from collections.abc import Callable
from typing import Any

from cupola.core.units import parse_quantity
from cupola.studies.reproduce_case import Found, Inputs


def _limb(inputs: Inputs) -> Found:
    from cupola.core.sight import limb_geometry

    angle, slant = limb_geometry(*(parse_quantity(inputs[name], "length") for name in ("sensor", "target", "tangent")))
    return {"central_angle": angle, "slant_range": slant}


def _horizon(inputs: Inputs) -> Found:
    from cupola.core.sight import radio_horizon

    heights = (parse_quantity(inputs[name], "length") for name in ("antenna", "target"))
    return {"horizon": radio_horizon(*heights)}


def _single_pulse(inputs: Inputs) -> Found:
    """Return the signal-to-noise ratio in dB that one pulse needs for a probability of detection."""
    from scipy.optimize import brentq

    from cupola.sensors.signal import detection_threshold, ratio, steady_detection, swerling_detection

    detection = {"steady": steady_detection, "swerling 1": swerling_detection}[inputs["target"]]
    wanted, false_alarm = float(inputs["detection"]), float(inputs["false_alarm"])
    threshold = detection_threshold(false_alarm)
    found = brentq(lambda decibel: detection(ratio(decibel), threshold) - wanted, 0.0, 40.0, xtol=1e-9)
    return {"signal_to_noise": float(found)}


def _radar_range(inputs: Inputs) -> Found:
    from cupola.sensors.signal import radar_constant, ratio

    energy = parse_quantity(inputs["power"], "power") * parse_quantity(inputs["dwell"], "time")
    aperture = parse_quantity(inputs["antenna"], "area") * float(inputs["efficiency"])
    gain = 4.0 * math.pi * aperture / parse_quantity(inputs["wavelength"], "length") ** 2
    temperature = parse_quantity(inputs["temperature"], "temperature")
    constant = radar_constant(energy, gain, aperture, temperature, ratio(parse_quantity(inputs["losses"], "decibel")))
    needed = ratio(parse_quantity(inputs["signal_to_noise"], "decibel"))
    cross_section = parse_quantity(inputs["cross_section"], "area")
    return {"detection_range": (constant * cross_section / needed) ** 0.25}


def _grey_body(inputs: Inputs) -> Found:
    from cupola.core.radiation import band_radiance

    low, high = (parse_quantity(inputs[name], "length") for name in ("from", "to"))
    return {"radiance": band_radiance(parse_quantity(inputs["temperature"], "temperature"), low, high)}


def _deployment(inputs: Inputs) -> Found:
    from cupola.scenario.catalogue import entry

    constellation = entry("sensors", inputs["sensor"]).deployment
    if constellation is None:
        raise ValueError(f"got {inputs['sensor']!r}, accepted are sensors that the catalogue deploys in orbit")
    return {name: float(getattr(constellation, name)) for name in ("total", "planes") if hasattr(constellation, name)}


def _streets(inputs: Inputs) -> Found:
    from cupola.orbits.footprint import footprint_angle, streets_sum

    altitude, elevation = parse_quantity(inputs["altitude"], "length"), parse_quantity(inputs["elevation"], "angle")
    planes, per_plane = int(inputs["planes"]), int(inputs["per_plane"])
    return {"streets_angle": streets_sum(footprint_angle(altitude, elevation), planes, per_plane)}


def _walker(inputs: Inputs) -> Found:
    from cupola.orbits.coverage_walker import Pattern, worst_point

    total, planes, phasing = (int(part) for part in inputs["pattern"].split("/"))
    inclination = parse_quantity(inputs["inclination"], "angle")
    shape = Pattern(total=total, planes=planes, phasing=phasing, inclination=inclination)
    return {"worst_angle": worst_point(shape).angle}


def _layer_coverage(inputs: Inputs) -> Found:
    document = _covered(tuple(sorted(inputs.items())))
    return {name: float(document[name]) for name in ("fraction_covered", "fraction_stereo")}


@functools.cache
def _covered(inputs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return what a tracking layer sees of cold bodies against space in a day, past the limb and in stereo.

    ``lost`` satellites are taken out of it. Cached, because one layer is the answer to several cases.
    """
    from cupola.studies.coverage import coverage
    from cupola.studies.coverage_spec import CoverageSpec

    given = dict(inputs)
    total, planes, phasing = (int(part) for part in given["pattern"].split("/"))
    shape = {"total": total, "planes": planes, "phasing": phasing, "pattern": "star"}
    orbit = {"altitude": given["altitude"], "inclination": given["inclination"]}
    asked = {
        "cupola": 1,
        "kind": "coverage",
        "name": "a tracking layer",
        "sensors": [{"constellation": "tracking-layer-t1", "name": "layer", "walker": shape | orbit}],
        "removed": {"layer": int(given.get("lost", "0"))},
        "overrides": {
            "tracking-layer-t1.minimum_tangent_height": given["tangent"],
            "tracking-layer-t1.maximum_range": given["range"],
        },
        "shells": [{"altitude": given["shell"], "shows": "cold"}],
        "grid": given["grid"],
        "minimum_crossing": given["crossing"],
    }
    return coverage(CoverageSpec.model_validate(asked)).document


METHODS: dict[str, Callable[[Inputs], Found]] = {
    "limb": _limb,
    "horizon": _horizon,
    "single-pulse": _single_pulse,
    "radar-range": _radar_range,
    "grey-body": _grey_body,
    "deployment": _deployment,
    "streets": _streets,
    "walker": _walker,
    "layer-coverage": _layer_coverage,
}
