"""Colours of the page and of its figures, by role, for light and dark.

Figures are drawn in the light values; :mod:`cupola.report.draw` then replaces each value by its CSS variable, so that
one figure reads on paper, in the light and in the dark. Every light value is therefore used for one role only. The
layer colours were chosen to stay apart, and apart from the red of what leaks, under simulated protanopia,
deuteranopia and tritanopia (matrices of Machado, Oliveira and Fernandes 2009, doi:10.1109/TVCG.2009.113); each layer
also has its own marker.
"""

from dataclasses import dataclass

# role -> (light, dark)
COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#fdfcf8", "#15181c"),
    "panel": ("#f3f2ec", "#1d2126"),
    "sea": ("#f1f4f5", "#191d22"),
    "land": ("#e2dfd5", "#2b3036"),
    "coast": ("#b9b4a5", "#4b535c"),
    "rule": ("#dcdad2", "#343a42"),
    "stream": ("#b3b8bd", "#5d666f"),
    "dot": ("#8795a8", "#6f7f95"),
    "muted": ("#59616a", "#a4acb5"),
    "ink": ("#1b1f23", "#ece9e2"),
    "accent": ("#17487f", "#9cc4f5"),
    "leak": ("#c9361c", "#ff7254"),
    "leak-soft": ("#e9a596", "#93402f"),
    "layer-1": ("#263f9c", "#86bbff"),
    "layer-2": ("#2e998a", "#47f0c6"),
    "layer-3": ("#8062b6", "#a463de"),
    "layer-4": ("#573802", "#f5cb45"),
    "layer-5": ("#0a6f8c", "#3d9cc7"),
    "layer-6": ("#8f2d6b", "#f9a8dc"),
}

LAYER_MARKERS = ("o", "D", "s", "^", "v", "P")
FONT_SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
FONT_SERIF = 'Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, "Liberation Serif", serif'
FONT_MONO = 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace'


@dataclass(frozen=True, kw_only=True)
class LayerStyle:
    """How one layer looks everywhere: a colour role and a matplotlib marker."""

    role: str
    marker: str

    @property
    def colour(self) -> str:
        """The light value, which figures are drawn in."""
        return ink(self.role)


def ink(role: str) -> str:
    """Return the light value of a colour role."""
    return COLOURS[role][0]


def layer_style(index: int) -> LayerStyle:
    """Return the look of the ``index``-th layer, counted from the launch; looks repeat after six layers."""
    number = index % len(LAYER_MARKERS)
    return LayerStyle(role=f"layer-{number + 1}", marker=LAYER_MARKERS[number])


def variables(*, dark: bool) -> str:
    """Return the CSS declarations of all colour variables."""
    return "".join(f"--{role}:{pair[1 if dark else 0]};" for role, pair in COLOURS.items())


def stylesheet(rules: str) -> str:
    """Return the page's style sheet: colour variables for light, dark and print, then ``rules``.

    The reader's system decides between light and dark unless one of the radio buttons ``#theme-light`` and
    ``#theme-dark`` is checked; paper is always light.
    """
    light, dark = variables(dark=False), variables(dark=True)
    fonts = f"--sans:{FONT_SANS};--serif:{FONT_SERIF};--mono:{FONT_MONO};"
    return (
        f":root{{color-scheme:light;{fonts}{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root:has(#theme-light:checked){{color-scheme:light;{light}}}\n"
        f":root:has(#theme-dark:checked){{color-scheme:dark;{dark}}}}}\n"
        f"{rules}"
    )
