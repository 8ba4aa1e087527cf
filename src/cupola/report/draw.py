"""From a painted matplotlib figure to inline SVG that follows the page's colours and fonts.

The same figure gives the same bytes on every machine: ids come from a fixed salt and the figure's name, and nothing
dated is written. Text stays text, so that it can be searched, selected, read aloud and set in the reader's own fonts.
"""

import io
import re
import warnings
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from cupola.report.compact import compact
from cupola.report.theme import COLOURS, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

Array = NDArray[np.float64]

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cupola",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 12.0,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.edgecolor": ink("muted"),
    "axes.labelcolor": ink("muted"),
    "axes.axisbelow": True,
    "xtick.color": ink("muted"),
    "ytick.color": ink("muted"),
    "xtick.labelsize": 11.5,
    "ytick.labelsize": 11.5,
    "text.color": ink("ink"),
    "grid.color": ink("rule"),
    "grid.linewidth": 0.7,
    "lines.solid_capstyle": "round",
    "path.simplify": True,
    "path.simplify_threshold": 0.2,
}
_ROLES = {light: role for role, (light, _) in COLOURS.items()}


def render(
    paint: "Callable[[Figure], None]", *, name: str, title: str, description: str, width: int, height: int
) -> str:
    """Return the SVG element of a figure of ``width`` x ``height`` CSS pixels that ``paint`` draws.

    ``name`` makes the ids unique on the page; ``title`` and ``description`` are what a screen reader says.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    buffer = io.StringIO()
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        # The measuring font may lack a script that the reader's fonts have.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(width / 72.0, height / 72.0), dpi=72.0)
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        paint(figure)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(buffer.getvalue(), name=name, title=title, description=description, width=width, height=height)


def _inline(svg: str, *, name: str, title: str, description: str, width: int, height: int) -> str:
    body = svg[svg.index(">", svg.index("<svg")) + 1 :]
    body = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style type=\"text/css\">.*?</style>", "", body, flags=re.S)
    body = body.replace("xlink:href=", "href=").replace(f"; font-family: '{_STYLE['font.family']}'", "")
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    body = re.sub(r' id="([^"]*)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", body)
    body = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"#[0-9a-f]{6}\b", lambda m: f"var(--{_ROLES[m[0]]})" if m[0] in _ROLES else m[0], body)
    body = compact(body)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" style="--natural:{width}px">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    )
    return opening + body.strip()


def axis_title(axes: "Axes", text: str, *, pad: float = 8.0) -> None:
    """Write the vertical axis's title flat above its upper end, where it reads without turning the head."""
    axes.annotate(
        text,
        (0.0, 1.0),
        (0.0, pad),
        xycoords="axes fraction",
        textcoords="offset points",
        color=ink("muted"),
        fontsize=11.5,
    )


def joined(lines: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Return many lines (x, y) as one with gaps, which draws as a single path."""
    gap = np.array([np.nan])
    if not lines:
        return gap, gap
    return np.concatenate([v for x, _ in lines for v in (x, gap)]), np.concatenate(
        [v for _, y in lines for v in (y, gap)]
    )


def legend_columns(labels: Sequence[str], width: float) -> int:
    """Return how many legend entries fit side by side in ``width`` pixels (at least one)."""
    sizes = [33.0 + 6.6 * len(label) for label in labels]
    for rows in range(1, len(sizes)):
        # matplotlib fills a legend column by column.
        if sum(max(sizes[i : i + rows]) for i in range(0, len(sizes), rows)) <= width:
            return -(-len(sizes) // rows)
    return 1


def add_legend(
    axes: "Axes",
    handles: Sequence["Line2D"],
    *,
    columns: int,
    corner: Literal["upper left", "lower right"],
    at: tuple[float, float],
) -> None:
    """Add a frameless legend whose ``corner`` sits ``at`` a point in axes fractions."""
    axes.legend(
        handles=list(handles),
        loc=corner,
        bbox_to_anchor=at,
        ncols=columns,
        frameon=False,
        fontsize=11.5,
        handletextpad=0.4,
        columnspacing=1.2,
        borderaxespad=0.0,
        borderpad=0.0,
        handlelength=1.3,
        labelspacing=0.35,
    )


def plain(text: str, limit: int = 60) -> str:
    """Return a name on one line, shortened in the middle when longer than ``limit`` characters."""
    words = " ".join(text.split())
    words = "".join(c for c in words if c.isprintable())
    if len(words) <= limit:
        return words
    head = (limit - 1) * 2 // 3
    return f"{words[:head].rstrip()}…{words[-(limit - 1 - head) :].lstrip()}"
