"""Cost against leakage, and the price of one more warhead stopped."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cupola.report.draw import axis_title, plain, render
from cupola.report.labels import Label, place
from cupola.report.theme import ink
from cupola.report.words import Estimate, interval, measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 920, 470
_LOGARITHMIC = 4.0
"""From this ratio of the dearest to the cheapest option on, equal lengths are equal ratios."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One option: cost in billions with the range of its sources, leakage with its 95 % interval."""

    name: str
    cost: Estimate
    leaked: Estimate
    on_front: bool


def front_figure(choices: Sequence[Choice]) -> str:
    """Return the SVG of options by cost and leakage, with the Pareto front."""
    said = " ".join(
        f"{c.name}: $ {measured(c.cost.mean)} B, {measured(c.leaked.mean)} get through ({interval(c.leaked)})"
        f"{', on the front' if c.on_front else ''}."
        for c in choices
    )

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.065, 0.125, 0.92, 0.80))
        _limits(axes, choices)
        front = sorted((c.cost.mean, c.leaked.mean) for c in choices if c.on_front)
        right = axes.get_xlim()[1]
        xs = [x for x, _ in front] + [right]
        ys = [y for _, y in front]
        axes.step(xs, [*ys, ys[-1]], where="post", color=ink("accent"), lw=1.4, alpha=0.8)
        for each in choices:
            _paint_choice(axes, each)
        _paint_names(axes, choices)
        axes.set_xlabel("cost over the period, billions of dollars", labelpad=6)
        axis_title(axes, "warheads that get through, a run", pad=8.0)

    title = "Cost against leakage"
    return render(paint, name="front", title=title, description=said, width=_WIDTH, height=_HEIGHT)


def _limits(axes: "Axes", choices: Sequence[Choice]) -> None:
    def span(estimates: Sequence[Estimate]) -> tuple[float, float]:
        known = [v for e in estimates for v in (e.mean, e.low, e.high) if math.isfinite(v)]
        return min(known), max(known)

    (left, right), (low, high) = span([c.cost for c in choices]), span([c.leaked for c in choices])
    wide, tall = (right - left) or max(right, 1.0), (high - min(low, 0.0)) or 1.0
    if left > 0.0 and right > _LOGARITHMIC * left:
        axes.set_xscale("log")
        axes.set_xlim(left / (right / left) ** 0.06, right * (right / left) ** 0.14)
        _count(axes)
    else:
        axes.set_xlim(max(left - 0.08 * wide, 0.0 if left >= 0.0 else left), right + 0.16 * wide)
    axes.set_ylim(min(low, 0.0) - 0.02 * tall, high + 0.10 * tall)
    axes.tick_params(length=0, pad=4)
    axes.spines["left"].set_visible(False)
    axes.grid()


def _count(axes: "Axes") -> None:
    """Write the ticks of a logarithmic axis as plain numbers: 1, 2, 5, 10 ..."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.minorticks_off()


def _paint_choice(axes: "Axes", each: Choice) -> None:
    colour = ink("accent") if each.on_front else ink("muted")
    x, y = each.cost.mean, each.leaked.mean
    if math.isfinite(each.leaked.low):
        axes.plot([x, x], [each.leaked.low, each.leaked.high], color=colour, lw=1.4, solid_capstyle="butt")
    if math.isfinite(each.cost.low) and each.cost.low < each.cost.high:
        axes.plot([each.cost.low, each.cost.high], [y, y], color=colour, lw=1.0, ls=(0, (3, 2)))
    axes.plot(
        [x], [y], marker="o" if each.on_front else "s", ms=8 if each.on_front else 6, color=colour,
        mfc=colour if each.on_front else ink("paper"), mec=ink("paper") if each.on_front else colour, zorder=3,
    )  # fmt: skip


def _paint_names(axes: "Axes", choices: Sequence[Choice]) -> None:
    box = axes.bbox
    to_pixels = axes.transData.transform
    labels = []
    for each in sorted(choices, key=lambda c: not c.on_front):
        x, y = to_pixels((each.cost.mean, each.leaked.mean))
        labels.append(Label(text=plain(each.name, 34), x=float(x), y=float(y), gap=9.0))
    placed, _ = place(labels, (box.x0, box.y0, box.x1, box.y1))
    known = {plain(c.name, 34): c for c in choices}
    for spot in placed:
        x, y = axes.transData.inverted().transform((spot.x, spot.y))
        colour = ink("ink") if known[spot.label.text].on_front else ink("muted")
        axes.text(float(x), float(y), spot.label.text, ha=spot.align, va="baseline", fontsize=11.5, color=colour)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step along the front and the price of one more warhead stopped on it, in billions; NaN: no limit."""

    label: str
    price: Estimate


def price_figure(steps: Sequence[Step]) -> str:
    """Return the SVG of the marginal price along the front."""
    row = 44.0
    height = int(22.0 + row * len(steps) + 48.0)
    known = [v for s in steps for v in (s.price.mean, s.price.high) if math.isfinite(v)]
    top = 1.25 * max(known, default=1.0) or 1.0
    said = " ".join(f"{s.label}: $ {measured(s.price.mean)} B ({interval(s.price)})." for s in steps)

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.38, 48.0 / height, 0.60, row * len(steps) / height))
        axes.set_xlim(0.0, top)
        axes.set_ylim(len(steps) - 0.5, -0.5)
        axes.set_yticks([])
        axes.grid(axis="x")
        axes.tick_params(length=0, pad=5)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("billions of dollars for one more warhead stopped in this raid", labelpad=6)
        left = axes.get_yaxis_transform()
        for y, step in enumerate(steps):
            axes.text(-0.02, y, plain(step.label, 46), transform=left, ha="right", va="center", fontsize=12)
            bounded = math.isfinite(step.price.high)
            low = step.price.low if math.isfinite(step.price.low) else 0.0
            end = step.price.high if bounded else top
            axes.plot([low, end], [y, y], color=ink("accent"), lw=2.0, ls="-" if bounded else (0, (1, 1.5)))
            axes.plot([step.price.mean], [y], marker="D", ms=8, color=ink("accent"), mec=ink("paper"), zorder=3)
            axes.text(step.price.mean, y - 0.22, f"$ {measured(step.price.mean)} B", ha="center", fontsize=11.5)

    title = "The price of one more warhead stopped"
    return render(paint, name="price", title=title, description=said, width=_WIDTH, height=height)
