"""Makes the SVG that matplotlib writes several times smaller without a visible change."""

import re
from itertools import groupby

_USE = re.compile(r'<use ([^>]*?) style="([^"]*)"/>')
_PLAIN_PATH = re.compile(r"[MLz\d\s.e+-]*")


def compact(svg: str) -> str:
    """Return the same drawing in fewer bytes.

    Straight-line paths are rounded to a tenth of a pixel, other numbers to a hundredth; the style of markers that
    follow each other moves to a group around them; turns by nothing, empty groups and indentation go.
    """
    svg = re.sub(r' d="([^"]*)"', lambda m: f' d="{_path(m[1])}"', svg)
    svg = re.sub(r"(?<=[\s\"(,-])\d+\.\d{3,}", lambda m: _short(float(m[0]), 2), svg)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", svg)
    svg = re.sub(r' style="[^"]*"', lambda m: m[0].replace("; ", ";").replace(": ", ":"), svg)
    svg = re.sub(r"\n\s*", "\n", svg)
    svg = _markers(svg)
    while "<g/>\n" in svg:
        svg = svg.replace("<g/>\n", "")
    return svg


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _path(data: str) -> str:
    """Return path data rounded, without lines that go nowhere, unless such a line is all there is: a dot."""
    if not _PLAIN_PATH.fullmatch(data):
        return " ".join(re.sub(r"-?\d+\.\d+", lambda m: _short(float(m[0]), 2), data).split())
    out: list[str] = []
    for piece in re.findall(r"M[^Mz]*|z", data):
        points = [f"{_short(float(x), 1)} {_short(float(y), 1)}" for x, y in re.findall(r"[ML]\s+(\S+)\s+(\S+)", piece)]
        kept = [point for point, _ in groupby(points)]
        out.append("M" + "L".join(kept if len(kept) > 1 else points[:2]) if points else "z")
    return "".join(out)


def _markers(svg: str) -> str:
    """Move the style that consecutive markers share to a group around them."""
    out: list[str] = []
    for style, lines in groupby(svg.split("\n"), key=_style_of):
        block = list(lines)
        if style is None or len(block) < 2:
            out += block
        else:
            out.append(f'<g style="{style}">')
            out += [_USE.sub(r"<use \1/>", line) for line in block]
            out.append("</g>")
    return "\n".join(out)


def _style_of(line: str) -> str | None:
    found = _USE.fullmatch(line)
    return found[2] if found else None
