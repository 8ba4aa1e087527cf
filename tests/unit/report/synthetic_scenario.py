"""Resolved scenarios with made-up values for the synthetic run folders."""

from typing import TYPE_CHECKING, Any

from cupola.scenario.schema import Scenario

if TYPE_CHECKING:
    from synthetic_raid import Case, SyntheticLayer

_BODY = {
    "temperature": "300 K",
    "emissivity": 0.5,
    "area": "1.5 m^2",
    "radar": {"uhf": "0.5 m^2", "l_band": "0.2 m^2", "s_band": "0.1 m^2", "x_band": "0.01 m^2"},
    "radar_side": {"uhf": "1.0 m^2", "l_band": "0.5 m^2", "s_band": "0.3 m^2", "x_band": "0.1 m^2"},
    "radar_rear": {"uhf": "1.0 m^2", "l_band": "0.5 m^2", "s_band": "0.3 m^2", "x_band": "0.1 m^2"},
}
_STAGE = {
    "propellant_mass": "20780 kg",
    "inert_mass": "2450 kg",
    "specific_impulse": "267 s",
    "burn_time": "61 s",
    "exit_area": "0.68 m^2",
    "diameter": "1.7 m",
}
_THREAT = {
    "kind": "ballistic",
    "title": "Three-stage solid ICBM, notional",
    "propellant": "solid",
    "stages": [_STAGE],
    "drag": [{"mach": 0.0, "drag_coefficient": 0.2}],
    "reentry_vehicle": {"mass": "500 kg", "ballistic_coefficient": "12000 kg/m^2", "body": _BODY},
    "plume": {"first_stage": "500 kW/sr", "upper_stages": "50 kW/sr"},
    "booster": _BODY,
}
_DECOY = {
    "title": "Light balloon",
    "mass": "5 kg",
    "ballistic_coefficient": "20 kg/m^2",
    "separation_speed": "3 m/s",
    "feature_distance": 2.0,
    "body": _BODY,
}
_KILL_VEHICLE = {
    "mass": "60 kg",
    "divert": "2 km/s",
    "divert_acceleration": "5 g_0",
    "seeker_range": "300 km",
    "seeker_field": "20 km",
    "kill_probability": 0.8,
}
_WARNING = {
    "kind": "infrared",
    "title": "Geostationary warning, notional",
    "sees_plumes": True,
    "plume_noise": "1e-11 W/m^2",
    "sees_bodies": False,
    "body_noise": "1e-12 W/m^2",
    "minimum_tangent_height": "50 km",
    "maximum_range": "45000 km",
    "pixel": "20 urad",
    "bias": "10 urad",
    "revisit": "5 s",
    "threshold_snr": 6.0,
}
_REFERENCES = [
    {
        "key": "wright-models",
        "authors": "Wright, D.",
        "year": "2004",
        "title": "Open models of ballistic missiles",
        "where": "Science & Global Security",
        "url": "https://example.org/models",
    },
    {
        "key": "cbo-62422",
        "authors": "Congressional Budget Office",
        "year": "2026",
        "title": "Costs of a notional national missile defense",
        "where": "Publication 62422",
        "url": "javascript:alert(1)",
    },
]


def scenario_of(case: "Case") -> Scenario:
    """Return the resolved scenario of a synthetic case."""
    models = [layer.model for layer in case.layers]
    values = [
        _value("icbm-solid-notional.stages.0.propellant_mass", "20780", "kg", "wright-models", "estimated"),
        _value("icbm-solid-notional.stages.0.burn_time", "61", "s", "wright-models", "estimated"),
        _value("icbm-solid-notional.plume.first_stage", "500", "kW/sr", "assumed", "assumed", "Order of magnitude."),
        *(_value(f"{m}.kill_vehicle.kill_probability", "0.8", "", "assumed", "assumed", "Sweep it.") for m in models),
        *(_value(f"{m}.kill_vehicle.divert", "2", "km/s", "cbo-62422", "published") for m in models),
    ]
    document: dict[str, Any] = {
        "name": case.name,
        "description": "Missiles launched together against the largest cities; made-up numbers for tests.",
        "seed": case.seed,
        "runs": case.runs,
        "raid": [_raid(case)],
        "sensors": [
            {
                "name": "warning",
                "model": "geo-warning",
                "spec": _WARNING,
                "constellation": {"longitudes": ["100 deg", "-100 deg"]},
            }
        ],
        "interceptors": [_group(case, layer) for layer in case.layers],
        "battle": {"doctrine": {layer.name: {} for layer in case.layers}},
        "common_mode_failure": 0.05,
        "uncertainty": {f"{m}.kill_vehicle.kill_probability": "beta(8, 2)" for m in models[:1]},
        "overrides": [{"path": "battle.commit_delay", "from_": "30 s", "to": "20 s"}],
        "values": values,
        "references": _REFERENCES,
        "allies": [{"nation": "CA", "participates": True, "used": ["uewr@goose"], "removed": ["x@y"]}],
        "programme": {
            "name": "golden-dome",
            "title": "Programme facts",
            "facts": [
                {
                    "date": "2025-01-27",
                    "fact": "Executive Order 14186 signed.",
                    "source": "cbo-62422",
                    "confidence": "published",
                }
            ],
        },
        "compare": {
            "claim": "7,800 space interceptors engage ten ICBMs launched together.",
            "missiles_engaged": 10.0,
            "source": "cbo-62422",
        }
        if case.compare
        else None,
    }
    return Scenario.model_validate(document | case.extra)


def _raid(case: "Case") -> dict[str, Any]:
    launch = {"name": "launch area", "latitude": f"{case.origin[0]} deg", "longitude": f"{case.origin[1]} deg"}
    cities = [case.cities[i % len(case.cities)] for i in range(case.missiles)]
    aims = [
        {"name": name, "latitude": f"{lat} deg", "longitude": f"{lon} deg", "population": people, "nation": "US"}
        for name, lat, lon, people in cities
    ]
    return {
        "name": "salvo",
        "model": "icbm-solid-notional",
        "threat": _THREAT,
        "launches": [launch] * case.missiles,
        "aims": aims,
        "salvo": "20 s",
        "start": "0 s",
        "decoys": [{"model": "balloon", "spec": _DECOY, "count": case.decoys, "credible": False}],
    }


def _group(case: "Case", layer: "SyntheticLayer") -> dict[str, Any]:
    common = {
        "title": f"{layer.model.upper()}, notional",
        "layer": layer.name,
        "maximum_flight_time": "600 s",
        "reliability": 0.9,
        "kill_vehicle": _KILL_VEHICLE,
    }
    if layer.kind == "space":
        spec = common | {
            "kind": "space-based",
            "acceleration": "15 g_0",
            "speed": "6 km/s",
            "minimum_altitude": "120 km",
            "engages": ["boost"],
        }
        orbit = {"total": case.satellites, "planes": case.satellites, "altitude": "400 km", "inclination": "50 deg"}
        return {"name": layer.model, "model": layer.model, "layer": layer.name, "spec": spec, "constellation": orbit}
    spec = common | {
        "kind": "ground-based",
        "stages": [_STAGE],
        "drag_coefficient": 0.2,
        "minimum_altitude": "20 km",
        "engages": ["midcourse", "terminal"],
        "maximum_altitude": f"{layer.ceiling} m",
        "maximum_range": "4000 km",
        "shroud_mass": "0 kg",
        "shroud_time": "0 s",
        "vertical_rise_time": "3 s",
        "pitch_over_time": "10 s",
    }
    site = {"name": "Fort Greely", "latitude": "63.95 deg", "longitude": "-145.73 deg"}
    return {"name": layer.model, "model": layer.model, "layer": layer.name, "spec": spec, "site": site, "inventory": 40}


def _value(path: str, value: str, unit: str, source: str, confidence: str, note: str = "") -> dict[str, str]:
    return {"path": path, "value": value, "unit": unit, "source": source, "confidence": confidence, "note": note}
