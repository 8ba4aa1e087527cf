"""A sweep of what a publication leaves open, as a figure: ours along the last open input, and where the claim lies."""

import math
from typing import TYPE_CHECKING

from cupola.report.draw import add_legend, axis_title, render
from cupola.report.theme import LAYER_MARKERS, ink
from cupola.studies.reproduce import Row
from cupola.studies.reproduce_open import number_of
from cupola.studies.reproduce_words import inputs_text, published_text, solutions_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 760, 340
_SERIES = 6
_DECADES = 50.0
"""Ratio of the largest to the smallest value from which the axis is logarithmic"""

Curve = tuple[str, list[float], list[float]]
"""Label, values of the last open input, ours."""


def open_figure(row: Row, name: str) -> str:
    """Return the SVG of a row's sweep; nothing where the last input is a word or fewer than two points came out."""
    curves = _curves(row)
    if sum(len(x) for _, x, _ in curves) < 2 or isinstance(row.published, str):
        return ""
    return render(
        lambda figure: _paint(figure, row, curves),
        name=name,
        title=f"{row.case.title}: what the open inputs must have been",
        description=f"Published {published_text(row.case, row.quantity)}. {solutions_text(row)}",
        width=_WIDTH,
        height=_HEIGHT,
    )


def _curves(row: Row) -> list[Curve]:
    """Return ours along the last open input; where the claim was found, the curve passes through it."""
    last = list(row.case.open)[-1]
    points = [(point.inputs, point.ours) for point in row.sweep]
    if not isinstance(row.published, str):
        points += [(each, sum(row.published) / 2.0) for each in row.reproduced_by]
    curves: dict[str, list[tuple[float, float]]] = {}
    for inputs, ours in points:
        x, _ = number_of(inputs[last])
        if x is not None and ours is not None and math.isfinite(ours):
            label = inputs_text({key: value for key, value in inputs.items() if key != last})
            curves.setdefault(label, []).append((x, ours))
    return [
        (label, [x for x, _ in sorted(found)], [ours for _, ours in sorted(found)]) for label, found in curves.items()
    ]


def _paint(figure: "Figure", row: Row, curves: list[Curve]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes = figure.add_axes((0.09, 0.17, 0.62, 0.69))
    last = list(row.case.open)[-1]
    _, (before, after) = number_of(row.case.open[last].values[0])
    handles = []
    for index, (label, xs, ys) in enumerate(curves):
        color, marker = ink(f"layer-{index % _SERIES + 1}"), LAYER_MARKERS[index % _SERIES]
        (line,) = axes.plot(xs, ys, linewidth=1.6, markersize=5.0, color=color, marker=marker, label=label)
        if label:
            handles.append(line)
    low, high = (float(end) for end in row.published)
    middle = 0.5 * (low + high)
    claim = f"published {published_text(row.case, row.quantity)}"
    axes.axhspan(low - row.tolerance, high + row.tolerance, color=ink("leak-soft"), alpha=0.5, linewidth=0.0)
    axes.axhline(middle, color=ink("leak"), linewidth=1.2)
    handles.append(Line2D([], [], color=ink("leak"), linewidth=1.2, label=claim))
    for each in row.reproduced_by:
        x, _ = number_of(each[last].removeprefix("about "))
        if x is not None:
            axes.plot([x], [middle], "o", markersize=9.0, fillstyle="none", color=ink("leak"))
    values = [low, *(y for _, _, ys in curves for y in ys)]
    if min(values) > 0.0 and max(values) > _DECADES * min(values):
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.grid(axis="y")
    axes.set_xlabel(f"{last.replace('_', ' ')}{f', {before}{after}' if before or after else ''}")
    axis_title(axes, f"{row.quantity.replace('_', ' ')}{f', {row.unit}' if row.unit else ''}")
    add_legend(axes, handles, columns=1, corner="upper left", at=(1.03, 1.0))
