"""Write the pictures and the printed answers of docs/sizing.md, all from the files in examples/sizing.

Run: python tools/draw_sizing.py [EXAMPLE ...]
"""

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from cupola.cli.orbitalprint import print_orbital
from cupola.cli.stereoprint import print_layers
from cupola.cli.survivalprint import print_survival
from cupola.report.orbitalplot import draw_orbital
from cupola.report.stereoplot import draw_layers
from cupola.report.survivalplot import draw_survival
from cupola.studies.orbital import size_orbital
from cupola.studies.stereo import size_sensors
from cupola.studies.survival import size_survivability

ROOT = Path(__file__).parent.parent
EXAMPLES, PAGE, IMAGES = ROOT / "examples" / "sizing", ROOT / "docs" / "sizing.md", ROOT / "docs" / "images"


def main() -> None:
    """Answer the examples named, all when none is, and put each answer between its marks."""
    names = sys.argv[1:] or sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
    for name in names:
        path, picture = EXAMPLES / f"{name}.yaml", IMAGES / f"sizing-{name}.png"
        out = io.StringIO()
        console = Console(file=out, width=100, highlight=False)
        text = path.read_text(encoding="utf-8")
        if "kind: survivability" in text:
            survival = size_survivability(path)
            draw_survival(survival, picture)
            print_survival(survival, [], console)
        elif "kind: sensors" in text:
            layers = size_sensors(path)
            draw_layers(layers, picture)
            print_layers(layers, [], console)
        else:
            found = size_orbital(path)
            draw_orbital(found, picture)
            print_orbital(found, [], console)
        put(name, out.getvalue())
        print(f"written: {name}")


def put(name: str, text: str) -> None:
    """Put a printed answer between the marks of its name."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    lines = "\n".join(f"    {line}".rstrip() for line in text.strip("\n").splitlines())
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"{PAGE.name} has no marks for {name}")
    PAGE.write_text(pattern.sub(lambda _: f"{begin}\n\n{lines}\n\n{end}", page), encoding="utf-8")


if __name__ == "__main__":
    main()
