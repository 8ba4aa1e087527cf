"""Sobol's indices: how much of the variance each factor makes, alone and together with others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cupola.report.draw import plain, render
from cupola.report.theme import ink
from cupola.report.words import Estimate, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 46.0


@dataclass(frozen=True, kw_only=True)
class Share:
    """One factor's share of the variance."""

    label: str
    first: Estimate
    total: Estimate


def indices_figure(shares: Sequence[Share], *, name: str, title: str) -> str:
    """Return the SVG of first-order and total indices with 95 % intervals, the strongest factor on top."""
    order = sorted(shares, key=lambda share: -share.total.mean)
    height = int(40.0 + _ROW * len(order) + 46.0)

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.32, 46.0 / height, 0.66, _ROW * len(order) / height))
        left = axes.get_yaxis_transform()
        for y, share in enumerate(order):
            axes.text(-0.02, y, plain(share.label, 40), transform=left, ha="right", va="center", fontsize=12)
            _paint(axes, share.first, y - 0.17, ink("accent"), 0.85)
            _paint(axes, share.total, y + 0.17, ink("stream"), 0.95)
        reach = max(1.0, *(share.total.high for share in order), *(share.first.high for share in order))
        least = min(0.0, *(share.total.low for share in order), *(share.first.low for share in order))
        axes.set_xlim(max(least, -0.3), min(reach, 1.5))
        axes.set_ylim(len(order) - 0.5, -0.5)
        axes.axvline(0.0, color=ink("ink"), lw=1.0)
        ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
        axes.set_xticks(ticks, [f"{100 * tick:.0f} %" for tick in ticks])
        axes.set_yticks([])
        axes.grid(axis="x")
        axes.tick_params(length=0, pad=5)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("share of the variance", labelpad=6)
        _key(axes, len(order))

    said = " ".join(
        f"{share.label}: alone {100 * share.first.mean:.0f} %, in all {100 * share.total.mean:.0f} % "
        f"({interval(share.total, share=True)})."
        for share in order
    )
    return render(paint, name=name, title=title, description=said, width=920, height=height)


def _paint(axes: "Axes", share: Estimate, y: float, colour: str, alpha: float) -> None:
    axes.barh([y], [share.mean], height=0.28, color=colour, lw=0, alpha=alpha)
    axes.plot([share.low, share.high], [y, y], color=ink("ink"), lw=1.1, solid_capstyle="butt", zorder=3)


def _key(axes: "Axes", rows: int) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(color=ink("accent"), alpha=0.85, label="alone (first order)"),
        Patch(color=ink("stream"), alpha=0.95, label="with all that it does together with others (total)"),
    ]
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0 + 6.0 / (_ROW * rows)), ncols=2, frameon=False,
        fontsize=11.5, handlelength=1.0, columnspacing=1.4, borderaxespad=0.0, borderpad=0.0,
    )  # fmt: skip
