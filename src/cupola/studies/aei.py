"""How many space-based interceptors cover the Earth, and what they cost: the calculator published by AEI.

Harrison, T. (2025), "Build Your Own Golden Dome: A Framework for Understanding Costs, Choices, and Tradeoffs", American
Enterprise Institute, and its Space-Based Interceptor Calculator. Interceptors are spread evenly over a sphere, each
covers a disc that it reaches in the fly-out time, and the discs add up to the covered part of the sphere. Real orbits
crowd towards their highest latitude and detection takes time: :mod:`cupola.studies.orbital` counts those.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cupola.economics.space_layer import Launcher, LayerCost, Programme, ceiling, life_cycle_cost
from cupola.scenario.errors import ScenarioError
from cupola.studies.aei_inputs import CALCULATOR, INPUTS, PAPER, read_inputs

EARTH_RADIUS_KM = 6378.1
GRAVITY_KM_S2 = 9.80665e-3
ROCKET_GRAVITY = 9.81
"""m/s2: the publication turns specific impulse into exhaust speed with this one, and acceleration with 9.80665."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far one interceptor gets: times in s, lengths in km."""

    burn_time_s: float
    flyout_range_km: float
    coverage_radius_km: float


@dataclass(frozen=True, kw_only=True)
class Masses:
    """What one interceptor weighs in orbit, in kg."""

    kill_vehicle_propellant: float
    main_propellant: float
    total: float


def shots_per_threat(kill: float, composite: float) -> int:
    """Return n = ceil(ln(1 - Pc) / ln(1 - Pk)), the shots at one missile; 1 where a single one is enough."""
    if kill >= composite:
        return 1
    return max(1, ceiling(math.log1p(-composite) / math.log1p(-kill)))


def masses(values: Mapping[str, float]) -> Masses:
    """Return the masses by the rocket equation, divert first and the main burn with all that on top."""
    exhaust = ROCKET_GRAVITY * values["isp"]
    vehicle, body = values["kill_vehicle_mass"], values["body_mass"]
    divert = vehicle * math.expm1(1e3 * values["divert"] / exhaust)
    main = (vehicle + divert + body) * math.expm1(1e3 * values["speed"] / exhaust)
    return Masses(
        kill_vehicle_propellant=divert,
        main_propellant=main,
        total=vehicle + divert + body + main + values["support_mass"],
    )


def reach(values: Mapping[str, float]) -> Reach:
    """Return burn, fly-out range a tb^2/2 + dV (T - tb), and the radius covered at the altitude of the intercept.

    Raises :class:`ScenarioError` when the burn outlasts the fly-out, and when the targets pass out of range.
    """
    acceleration, speed, time = values["acceleration"] * GRAVITY_KM_S2, values["speed"], values["flyout_time"]
    burn = speed / acceleration
    if burn > time:
        raise ScenarioError(
            f"flyout_time: got {time:g} s, but at {values['acceleration']:g} g it takes {burn:.2f} s to reach "
            f"{speed:g} km/s; accepted is {burn:.2f} s and more; hint: raise flyout_time, raise acceleration to "
            f"{speed / time / GRAVITY_KM_S2:.3g} g, or lower speed to {acceleration * time:.3g} km/s"
        )
    distance = 0.5 * acceleration * burn**2 + speed * (time - burn)
    down = abs(values["orbit_altitude"] - values["intercept_altitude"])
    if distance <= down:
        raise ScenarioError(
            f"orbit_altitude: got {values['orbit_altitude']:g} km with targets met at "
            f"{values['intercept_altitude']:g} km, {down:g} km away, but an interceptor flies out only "
            f"{distance:.2f} km: it reaches nothing; hint: raise flyout_time or speed, or bring the altitudes together"
        )
    return Reach(
        burn_time_s=burn, flyout_range_km=distance, coverage_radius_km=math.sqrt((distance - down) * (distance + down))
    )


def absentee_ratio(radius_km: float, intercept_altitude_km: float, max_latitude_deg: float) -> float:
    """Return the interceptors in orbit for each one in reach: covered part of the sphere over one disc.

    4 pi (Re + h)^2 sin(phi) / (pi r^2), Re = 6378.1 km, h the altitude of the intercept.
    """
    sphere = 4.0 * (EARTH_RADIUS_KM + intercept_altitude_km) ** 2
    return sphere * math.sin(math.radians(max_latitude_deg)) / radius_km**2


def size_aei(settings: Mapping[str, object] | None = None, /, **given: object) -> dict[str, Any]:
    """Return the size and the life-cycle cost of a layer of space-based interceptors, as the document of ``--json``.

    ``given`` are inputs by the names of :data:`cupola.studies.aei_inputs.INPUTS`, each text with a unit
    (``"300 km"``) or a number in the publication's unit: ``size_aei(salvo=5, orbit_altitude="500 km")``.
    Raises :class:`ScenarioError` for what is not accepted, an interceptor that its launcher does not lift, and
    interceptors that reach nothing.
    """
    chosen = {**(settings or {}), **given}
    values = read_inputs(chosen)
    out, weight = reach(values), masses(values)
    shots = shots_per_threat(values["kill_probability"], values["composite_kill_probability"])
    ratio = absentee_ratio(out.coverage_radius_km, values["intercept_altitude"], values["max_latitude"])
    salvo = int(values["salvo"])
    satellites = max(1, ceiling(salvo * shots * ratio))
    cost = _cost(values, satellites, weight.total)
    return {
        "model": PAPER,
        "shots_per_threat": shots,
        "composite_kill_probability_reached": 1.0 - (1.0 - values["kill_probability"]) ** shots,
        "kill_vehicle_propellant_kg": weight.kill_vehicle_propellant,
        "main_propellant_kg": weight.main_propellant,
        "interceptor_mass_kg": weight.total,
        "burn_time_s": out.burn_time_s,
        "flyout_range_km": out.flyout_range_km,
        "coverage_radius_km": out.coverage_radius_km,
        "absentee_ratio": ratio,
        "satellites_exact": salvo * shots * ratio,
        "satellites": satellites,
        "satellites_per_launch": cost.per_launch,
        "launches": cost.launches,
        "generations": cost.generations,
        "satellites_in_period": satellites * cost.generations,
        "replacements_per_year": satellites / values["lifetime"],
        "mass_in_orbit_t": satellites * weight.total / 1e3,
        "mean_unit_cost_musd": cost.mean_unit,
        "mean_launch_cost_musd": cost.mean_launch,
        "development_busd": cost.development / 1e3,
        "procurement_busd": cost.procurement / 1e3,
        "launch_busd": cost.launch / 1e3,
        "operations_busd": cost.operations / 1e3,
        "total_busd": cost.total / 1e3,
        "inputs": _inputs(values, chosen),
        "assumptions": _assumptions(),
    }


def _cost(values: Mapping[str, float], satellites: int, mass_kg: float) -> LayerCost:
    launcher = Launcher(
        capacity_kg=values["launch_capacity"],
        first_cost=values["first_launch_cost"],
        learning=values["launch_learning"],
    )
    if launcher.per_launch(mass_kg) < 1:
        raise ScenarioError(
            f"launch_capacity: got {values['launch_capacity']:,.0f} kg, but one interceptor weighs {mass_kg:,.1f} kg "
            "in orbit; hint: lower speed or divert, raise isp, or take a larger launcher"
        )
    programme = Programme(
        first_unit=values["first_unit_cost"],
        unit_learning=values["unit_learning"],
        lifetime_yr=values["lifetime"],
        period_yr=values["period"],
        operations_per_year=values["operations_cost"],
        development=values["development_cost"],
    )
    return life_cycle_cost(satellites, mass_kg, launcher, programme)


def _inputs(values: Mapping[str, float], given: Mapping[str, object]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "value": int(values[name]) if spec.whole else values[name],
            "unit": spec.unit,
            "what": spec.label,
            "source": "given" if name in given else CALCULATOR,
        }
        for name, spec in INPUTS.items()
    }


def _assumptions() -> list[str]:
    return [
        "interceptors are spread evenly over the covered latitudes and decide at once: real orbits and decisions ask "
        "for more",
        "an interceptor flies straight at its mean acceleration, then coasts; gravity is left out",
        "every missile of the salvo needs its own shots from the same place at the same time",
        "learning begins anew with each generation, and development is paid once; no spares, constant dollars",
    ]
