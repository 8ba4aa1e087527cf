"""Build src/cupola/scenario/data/coastline.npz from Natural Earth 1:50m land, as packaged in TopoJSON by world-atlas 2.

Points are rounded to 0.01 degree (about 1 km), lines thinned to 0.05 degree, islands under 0.1 degree across left out:
enough for maps of continents. Run: python tools/build_coastline.py path/to/land-50m.json
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TARGET = Path(__file__).parent.parent / "src/cupola/scenario/data/coastline.npz"
STEP_DEG, TOLERANCE_DEG, SMALLEST_DEG = 0.01, 0.05, 0.1
Line = NDArray[np.float64]


def arcs_of(topology: dict[str, Any]) -> list[Line]:
    """Return the arcs (n, 2) in longitude, latitude degrees: TopoJSON stores scaled running differences."""
    scale, translate = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + translate for arc in topology["arcs"]]


def rings_of(topology: dict[str, Any], arcs: list[Line]) -> list[Line]:
    """Return every ring of the land polygons; a negative index ~i means arc i reversed."""
    rings = []
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
                rings.append(np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])]))
    return rings


def thinned(line: Line) -> Line:
    """Return the line without points nearer than the tolerance to the chord (Douglas and Peucker 1973)."""
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    # A ring starts where it ends, so its first chord has no length: split it at the farthest point first.
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        a, b = line[first], line[last]
        chord = b - a
        length = float(np.hypot(*chord))
        inner = line[first + 1 : last] - a
        away = np.hypot(*inner.T) if length == 0.0 else np.abs(chord[0] * inner[:, 1] - chord[1] * inner[:, 0]) / length
        far = int(np.argmax(away))
        if away[far] > TOLERANCE_DEG:
            middle = first + 1 + far
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return line[keep]


def main() -> None:
    """Write one flat array of hundredths of a degree and the start of every line in it."""
    topology = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    rings = [r for r in rings_of(topology, arcs_of(topology)) if float(np.ptp(r, axis=0).max()) >= SMALLEST_DEG]
    lines = [np.round(thinned(ring) / STEP_DEG).astype(np.int16) for ring in rings]
    lines = [line for line in lines if len(line) >= 4]
    starts = np.cumsum([0, *map(len, lines)], dtype=np.int32)
    np.savez_compressed(TARGET, points=np.concatenate(lines), starts=starts)
    print(f"{len(lines)} lines, {starts[-1]} points, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
