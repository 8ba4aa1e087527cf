"""From a painted matplotlib figure to inline SVG that follows the page's colours and fonts.

The same figure gives the same bytes on every machine: ids come from a fixed salt and the figure's name, and nothing dated is
written. Text stays text, so that it can be searched, selected, read aloud and set in the reader's own fonts.
"""

import io
import re
import warnings
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from cupola.report.theme import COLOURS, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLE: Mapping[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cupola",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 12.0,
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
    body = re.sub(r"<!--.*?-->", "", body, flags=re.S)
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)
    body = re.sub(r'<style type="text/css">.*?</style>', "", body, flags=re.S)
    body = body.replace("xlink:href=", "href=")
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    body = re.sub(r' id="([^"]*)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", body)
    body = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"#[0-9a-f]{6}\b", lambda m: f"var(--{_ROLES[m[0]]})" if m[0] in _ROLES else m[0], body)
    body = re.sub(r"font: ([^;\"]*?)(\d[\d.]*px) [^;\"]*", r"font: \1\2 var(--sans)", body)
    body = re.sub(r"(?<=[\s\"(,-])(\d+\.\d{3,})", lambda m: f"{float(m[1]):.2f}".rstrip("0").rstrip("."), body)
    body = re.sub(r"\n\s*", "\n", body)
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


def plain(text: str, limit: int = 60) -> str:
    """Return a name on one line, shortened in the middle when longer than ``limit`` characters."""
    words = " ".join(text.split())
    words = "".join(c for c in words if c.isprintable())
    if len(words) <= limit:
        return words
    head = (limit - 1) * 2 // 3
    return f"{words[:head].rstrip()}…{words[-(limit - 1 - head) :].lstrip()}"
