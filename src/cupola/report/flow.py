"""The flow of warheads through the layers, drawn to scale: what is stopped falls away, what is left goes on."""

from typing import TYPE_CHECKING

from cupola.report.draw import plain, render
from cupola.report.measure import Flow, Stage
from cupola.report.theme import ink
from cupola.report.words import measured, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 920, 390
_TOP, _THICK, _FOOT = 318.0, 150.0, 96.0
_LEFT, _RIGHT = 56.0, 126.0
_BAR = 7.0


def flow_figure(flow: Flow) -> str:
    """Return the SVG of the flow: widths are means per run."""
    bottom = 0 if flow.stages else int(_TOP - _THICK) - 14

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0, _WIDTH)
        axes.set_ylim(bottom, _HEIGHT)
        _paint_flow(axes, flow)

    return render(
        paint,
        name="flow",
        title="Warheads on their way through the layers",
        description=_described(flow),
        width=_WIDTH,
        height=_HEIGHT - bottom,
    )


def _described(flow: Flow) -> str:
    parts = [f"{number(flow.launched)} warheads launched per run on average."]
    parts += [
        f"{stage.layer.name}: {number(stage.entering)} come to it, {number(stage.shot_at)} are shot at, "
        f"{number(stage.stopped)} are stopped."
        for stage in flow.stages
    ]
    parts.append(f"{number(flow.leaked)} leak.")
    return " ".join(parts)


def _paint_flow(axes: "Axes", flow: Flow) -> None:
    scale = _THICK / flow.launched if flow.launched else 0.0
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(flow.stages), 1)
    start, end = _LEFT - 12.0, _WIDTH - _RIGHT
    axes.fill_betweenx([_TOP - _THICK, _TOP], start - _BAR, start, color=ink("ink"), lw=0)
    _number_above(axes, start - _BAR / 2.0, "launched", number(flow.launched))
    left, x = flow.launched, start
    for i, stage in enumerate(flow.stages):
        bend = _LEFT + (i + 0.12) * step
        _stream(axes, x, bend, left * scale)
        _fall(axes, bend, step, stage, scale)
        left, x = max(0.0, round(stage.entering - stage.stopped, 9)), bend
        if i + 1 < len(flow.stages):
            _number_above(axes, _LEFT + (i + 1) * step, "go on", measured(left))
    _stream(axes, x, end, left * scale)
    _leak(axes, end, flow, scale)


def _stream(axes: "Axes", x0: float, x1: float, thick: float) -> None:
    if thick > 0.0:
        axes.fill_between([x0 - 0.3, x1 + 0.3], [_TOP - thick] * 2, [_TOP] * 2, color=ink("stream"), lw=0)


def _number_above(axes: "Axes", x: float, word: str, value: str) -> None:
    axes.text(x, _TOP + 28.0, value, ha="center", va="baseline", fontsize=17, color=ink("ink"))
    axes.text(x, _TOP + 12.0, word, ha="center", va="baseline", fontsize=11.5, color=ink("muted"))


def _fall(axes: "Axes", x: float, step: float, stage: Stage, scale: float) -> None:
    """Draw what a layer stops: it leaves the lower edge of the stream, bends down and ends on the layer's bar."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    style = stage.layer.style
    thick = stage.stopped * scale
    upper = _TOP - (stage.entering - stage.stopped) * scale
    lower = upper - thick
    bend = min(0.36 * step, 70.0)
    right = x + bend + thick
    middle = x + bend + thick / 2.0
    if thick > 0.0:
        outline = [
            (x, upper),
            (x + bend * 0.5 + thick * 0.55, upper),
            (right, upper - 0.45 * (upper - _FOOT)),
            (right, _FOOT),
        ]
        back = [(x + bend, _FOOT), (x + bend, lower - 0.55 * (lower - _FOOT)), (x + bend * 0.5, lower), (x, lower)]
        path = Path(
            [*outline, *back, (x, upper)],
            [
                Path.MOVETO,
                Path.CURVE4,
                Path.CURVE4,
                Path.CURVE4,
                Path.LINETO,
                Path.CURVE4,
                Path.CURVE4,
                Path.CURVE4,
                Path.CLOSEPOLY,
            ],
        )
        axes.add_patch(PathPatch(path, facecolor=style.colour, edgecolor="none"))
        axes.fill_between([x + bend, right], [_FOOT - _BAR] * 2, [_FOOT] * 2, color=style.colour, lw=0)
    else:
        axes.plot([middle - 14.0, middle + 14.0], [_FOOT - _BAR / 2] * 2, color=style.colour, lw=2)
    came = f"{percent(stage.stopped / stage.entering)} of what comes" if stage.entering else "nothing comes"
    room = max(int(step / 6.9), 8)
    axes.text(
        middle, 68.0, plain(stage.layer.name, room), ha="center", fontsize=12.5, fontweight="bold", color=ink("ink")
    )
    axes.text(middle, 50.0, f"stops {measured(stage.stopped)}", ha="center", fontsize=12.5, color=ink("ink"))
    axes.text(middle, 33.0, came, ha="center", fontsize=11.5, color=ink("muted"))
    axes.text(middle, 16.0, f"shoots at {measured(stage.shot_at)}", ha="center", fontsize=11.5, color=ink("muted"))


def _leak(axes: "Axes", x: float, flow: Flow, scale: float) -> None:
    thick = flow.leaked * scale
    tip = x + 34.0
    if thick > 0.0:
        axes.fill_between([x - 0.5, tip], [_TOP - thick] * 2, [_TOP] * 2, color=ink("leak"), lw=0)
        overhang = min(6.0, 2.0 + thick / 6.0)
        point = min(26.0, 10.0 + thick / 4.0)
        middle = _TOP - thick / 2.0
        axes.fill([tip, tip + point, tip], [_TOP + overhang, middle, _TOP - thick - overhang], color=ink("leak"), lw=0)
    else:
        axes.plot([x, tip + 10.0], [_TOP, _TOP], color=ink("leak"), lw=1.2, ls=(0, (2, 3)))
    share = flow.leaked / flow.launched if flow.launched else 0.0
    axes.text(
        x + 20.0, _TOP + 28.0, measured(flow.leaked), ha="left", fontsize=20, fontweight="bold", color=ink("leak")
    )
    axes.text(x + 20.0, _TOP + 12.0, f"leak, {percent(share)}", ha="left", fontsize=12, color=ink("leak"))
