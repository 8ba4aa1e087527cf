"""What losses leave of a layer in space as a picture: the hours after, and the months of replacement."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cupola.core.earth import Vector
from cupola.report.draw import plain
from cupola.report.picture import GRID, write_picture
from cupola.report.theme import ink
from cupola.studies.survival import Survival
from cupola.studies.survival_document import REFILLED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a7d00", "#000000")
_STYLE = {**GRID, "savefig.dpi": 100}


def draw_survival(found: Survival, target: Path) -> None:
    """Write the picture of an answer; the suffix of ``target`` (.png, .svg, .pdf) says in which form.

    The same answer gives the same bytes.
    """
    write_picture(lambda figure: _paint(figure, found), target, size=(13.0, 6.4), style=_STYLE)


def _paint(figure: "Figure", found: Survival) -> None:
    figure.text(0.05, 0.935, plain(found.document["name"], 100), fontsize=15.0, fontweight="bold")
    said = f"{found.total:,} satellites; cover: {found.unit}, {found.whole.mean():.3g} with the whole layer"
    figure.text(0.05, 0.89, plain(said, 150), fontsize=10.5, color=ink("muted"))
    _paint_hours(figure.add_axes((0.06, 0.12, 0.52, 0.68)), found)
    _paint_replaced(figure.add_axes((0.66, 0.12, 0.30, 0.68)), found)
    figure.text(
        0.97, 0.015, "Notional models from open sources, by Cupola.", ha="right", fontsize=8.0, color=ink("muted")
    )


def _paint_hours(axes: "Axes", found: Survival) -> None:
    """Draw cover over the hours after the loss, as a share of the whole layer's."""
    hours = found.times_s / 3600.0
    for index, each in enumerate(found.losses):
        colour = _LINES[index % len(_LINES)]
        label = f"{plain(each.spec.name, 34)} ({100.0 * each.lost.mean() / found.total:.1f} % lost)"
        axes.plot(hours, 100.0 * _share(found, each.cover, each.enough), color=colour, lw=2.0, label=label)
    axes.axhline(100.0, color=ink("muted"), lw=1.0, ls=":")
    axes.set_ylim(0.0, 108.0)
    axes.set_xlim(0.0, max(float(hours[-1]), 1e-3))
    axes.set_xlabel("hours after the loss")
    axes.set_ylabel(_word(found))
    axes.set_title("By the hour: motion carries a hole away, and back once an orbit", fontsize=10.0, loc="left")
    axes.legend(fontsize=8.5, framealpha=0.9, loc="lower right")


def _paint_replaced(axes: "Axes", found: Survival) -> None:
    """Draw cover as satellites are replaced, by days where the file says how fast, else by share."""
    plan = found.question.spec.replenishment
    for index, (each, row) in enumerate(zip(found.losses, found.document["losses"], strict=True)):
        x = [100.0 * share for share in REFILLED] if plan is None else [r["after_days"] for r in row["replaced"]]
        back = each.refilled_enough if found.question.stereo else each.refilled / max(float(found.whole.mean()), 1e-12)
        # Nothing comes back between two launches.
        drawn = "default" if plan is None else "steps-post"
        colour = _LINES[index % len(_LINES)]
        axes.plot(x, 100.0 * back, marker="o", ms=4.0, lw=1.8, color=colour, drawstyle=drawn)
    axes.axhline(100.0, color=ink("muted"), lw=1.0, ls=":")
    axes.set_ylim(0.0, 108.0)
    axes.set_xlabel("days after the loss" if plan else "% of the lost satellites replaced")
    axes.set_ylabel(_word(found))
    axes.set_title("Replacement fills it", fontsize=10.0, loc="left")


def _share(found: Survival, cover: Vector, enough: Vector) -> Vector:
    """Return what is drawn: cover over the whole layer's; of stereo, which hardly falls, how often it is enough."""
    return enough if found.question.stereo else cover / np.maximum(found.whole, 1e-12)


def _word(found: Survival) -> str:
    return "% of the times without too long a gap" if found.question.stereo else "cover, % of the whole layer's"
