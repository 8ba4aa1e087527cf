"""The tracking of one run as the document that ``cupola track --json`` prints: SI and degrees, null for never."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from scipy.special import chdtri

from cupola.core.earth import Vector
from cupola.studies.tracking import INSTANTS_S, Instant, LaunchRow, ObjectTracking

MODELS = ("boost", "coast", "re-entry", "glide", "cruise")
SQUARE_DIMENSION = 6
SERIES = 240  # rows of the series along time, evenly thinned


def band(dimension: int, samples: int = 1) -> tuple[float, float]:
    """Return the 95 % band of the mean of ``samples`` independent normalised squares of a dimension (chi-squared)."""
    degrees = dimension * samples
    return float(chdtri(degrees, 0.975)) / samples, float(chdtri(degrees, 0.025)) / samples


def describe(objects: Sequence[ObjectTracking], *, run: int, seed: int, hold_s: float) -> dict[str, Any]:
    """Return the document of a run's tracking."""
    return {
        "run": run,
        "seed": seed,
        "hold_s": hold_s,
        "nees_dimension": SQUARE_DIMENSION,
        "nees_band": [round(value, 4) for value in band(SQUARE_DIMENSION)],
        "objects": [_object(item) for item in objects],
    }


def _object(item: ObjectTracking) -> dict[str, Any]:
    low, high = band(SQUARE_DIMENSION)
    inside = (item.square >= low) & (item.square <= high)
    instants = {f"at_{_key(seconds)}_s": _instant(i) for seconds, i in zip(INSTANTS_S, item.instants, strict=True)}
    return {
        "object": item.object_id,
        "missile": item.missile_id,
        "threat": item.threat,
        "role": item.role,
        "aim": item.aim,
        "launch_time_s": _number(item.launch_s),
        "flight_time_s": _number(item.flight_s),
        "detected_after_s": _number(item.detected_s),
        "detected_by": item.detected_by,
        "firm_after_s": _number(item.firm_s),
        "custody_fraction": _number(item.custody),
        "updates": len(item.after_s),
        "tracks": list(item.tracks),
        "switches": item.switches,
        "gaps": item.gaps,
        "strays": item.strays,
        **instants,
        "nees_mean": _number(float(item.square.mean())) if len(item.square) else None,
        "nees_fraction_inside": _number(float(inside.mean())) if len(inside) else None,
        "alone_fraction": _number(float(item.alone.mean())) if len(item.alone) else None,
        "burnout_after_s": _number(item.burnout_s),
        "burnout_error_s": _number(item.burnout_error_s),
        "launch_point": _launch(best_launch(item)),
        "impact": [_rounded(asdict(row)) for row in item.impacts],
        "series": _series(item),
    }


def best_launch(item: ObjectTracking) -> LaunchRow | None:
    """Return the launch point of the smallest stated error, which is what the defender would go by."""
    return min(item.launches, key=lambda row: row.major_m, default=None)


def _series(item: ObjectTracking) -> dict[str, Any]:
    last = len(item.after_s) - 1
    rows = np.unique(np.linspace(0, last, SERIES).astype(np.int64)) if last >= 0 else np.empty(0, np.int64)

    def column(values: Vector) -> list[float | None]:
        return [_number(float(values[k])) for k in rows]

    return {
        "after_s": column(item.after_s),
        "error_m": column(item.error_m),
        "sigma_m": column(item.sigma_m),
        "velocity_error_m_s": column(item.velocity_error_m_s),
        "sigma_velocity_m_s": column(item.sigma_velocity_m_s),
        "nees": column(item.square),
        "models": {name: column(item.weight[:, i]) for i, name in enumerate(MODELS)},
    }


def _instant(instant: Instant | None) -> dict[str, Any] | None:
    return None if instant is None else _rounded(asdict(instant))


def _launch(row: LaunchRow | None) -> dict[str, Any] | None:
    return None if row is None else _rounded(asdict(row))


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str) else _number(value) for name, value in values.items()}


def _number(value: float) -> float | None:
    return float(f"{value:.7g}") if math.isfinite(value) else None


def _key(seconds: float) -> str:
    return f"{seconds:g}"
