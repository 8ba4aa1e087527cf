"""What losses leave of a layer as plain data in the units that people use."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cupola.studies.orbital_document import shell
from cupola.studies.survival_spec import Replenishment

if TYPE_CHECKING:
    from cupola.studies.survival import Loss, Survival

_DAY_S, _YEAR_D = 86_400.0, 365.25


def document_of(found: "Survival") -> dict[str, Any]:
    """Return the document of ``--json``."""
    spec = found.question.spec
    whole = float(found.whole.mean())
    return {
        "name": spec.name,
        "subject": spec.interceptor or spec.sensor,
        "cover": found.unit,
        "shells": [shell(entry.walker) for entry in spec.shells],
        "satellites": found.total,
        "phases": spec.phases,
        "whole": {"cover": _round(whole), "enough": round(float(found.whole_enough.mean()), 6)},
        "losses": [_loss(found, each) for each in found.losses],
        "assumptions": assumptions(found),
    }


def _loss(found: "Survival", one: "Loss") -> dict[str, Any]:
    whole = float(found.whole.mean())
    relative = one.cover / np.maximum(found.whole, 1e-12)
    lost = float(one.lost.mean())
    settled = float(one.refilled[0]) / whole if whole > 0.0 else 0.0
    back = np.flatnonzero(relative >= 0.95 * settled) if settled > 0.0 else np.empty(0, dtype=np.int64)
    plan = found.question.spec.replenishment
    return {
        "name": one.spec.name,
        "satellites_lost": round(lost, 2),
        "share_lost": round(lost / found.total, 6),
        "cover_at_once": _round(float(one.cover[0])),
        "share_at_once": round(float(relative[0]), 6),
        "share_least": round(float(relative.min()), 6),
        "share_after_hours": round(settled, 6),
        "enough_at_once": round(float(one.enough[0]), 6),
        "enough_after_hours": round(float(one.refilled_enough[0]), 6),
        "recovered_by_motion_s": None if not len(back) else float(found.times_s[back[0]]),
        "days_to_replace_all": None if plan is None else round(days_until(plan, lost, 1.0), 1),
        "series": [
            {
                "after_s": float(time),
                "cover": _round(float(cover)),
                "share": round(float(share), 6),
                "worst": _round(float(worst)),
                "enough": round(float(enough), 6),
            }
            for time, cover, share, worst, enough in zip(
                found.times_s, one.cover, relative, one.worst, one.enough, strict=True
            )
        ],
        "replaced": [
            {
                "share_replaced": share,
                "after_days": None if plan is None else round(days_until(plan, lost, share), 1),
                "cover": _round(float(cover)),
                "share": round(float(cover) / whole, 6) if whole > 0.0 else 0.0,
                "enough": round(float(enough), 6),
            }
            for share, cover, enough in zip(REFILLED, one.refilled, one.refilled_enough, strict=True)
        ],
    }


REFILLED = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the lost satellites that are back, at which cover is asked"""


def days_until(plan: Replenishment, lost: float, share: float) -> float:
    """Return after how many days a share of the lost satellites is replaced: launch by launch, evenly over the year."""
    launches = np.ceil(share * lost / plan.per_launch - 1e-9)
    if launches <= 0.0:
        return 0.0
    every = _YEAR_D * plan.per_launch / plan.per_year
    return float(plan.first_after / _DAY_S + (launches - 1.0) * every)


def assumptions(found: "Survival") -> list[str]:
    """Return what the numbers rest on."""
    spec = found.question.spec
    lines = [
        f"means over {spec.phases:,} even phases of the layer over the Earth at the moment of the loss; random losses "
        "are drawn anew at each",
        "satellites keep their places: nobody manoeuvres to close a hole",
        "after hours: the Earth stands anywhere under the orbits, and a hole is a smaller number everywhere",
    ]
    if spec.replenishment is not None:
        lines.append(
            f"replaced: {spec.replenishment.per_year:g} satellites a year beyond those that wear out, "
            f"{spec.replenishment.per_launch} to a launch, the first after "
            f"{spec.replenishment.first_after / _DAY_S:g} days, to the places that were lost"
        )
    return lines


def _round(value: float) -> float:
    return float(f"{value:.6g}")
