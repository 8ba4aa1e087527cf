"""From a painted matplotlib figure to a picture file: PNG, SVG or PDF, the same bytes for the same content."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cupola.report.theme import ink

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": ink("muted"),
    "axes.axisbelow": True,
    "xtick.color": ink("muted"),
    "ytick.color": ink("muted"),
    "text.color": ink("ink"),
    "grid.color": ink("rule"),
    "grid.linewidth": 0.7,
    "svg.hashsalt": "cupola",
    "pdf.fonttype": 42,
    "savefig.dpi": 150,
}
GRID = {"axes.grid": True}
_UNDATED: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None},
}


def write_picture(
    paint: "Callable[[Figure], None]", target: Path, *, size: tuple[float, float], style: Mapping[Any, Any] = GRID
) -> None:
    """Write a figure of ``size`` inches that ``paint`` draws; the suffix of ``target`` (.png, .svg, .pdf) says in which
    form. ``style`` replaces settings of the common one.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    kind = target.suffix.lower().lstrip(".")
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update({**_STYLE, **style})
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=size)
        FigureCanvasAgg(figure)
        paint(figure)
        figure.savefig(target, format=kind, metadata=_UNDATED[kind])
