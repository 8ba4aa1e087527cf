"""Write the pictures and the printed answers of docs/sizing.md, all from the files in examples/sizing.

Run: python tools/draw_sizing.py [EXAMPLE ...]
"""

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from cupola.cli.orbitalprint import print_orbital
from cupola.report.orbitalplot import draw_orbital
from cupola.studies.orbital import size_orbital

ROOT = Path(__file__).parent.parent
EXAMPLES, PAGE, IMAGES = ROOT / "examples" / "sizing", ROOT / "docs" / "sizing.md", ROOT / "docs" / "images"


def main() -> None:
    """Answer the examples named, all when none is, and put each answer between its marks."""
    names = sys.argv[1:] or sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
    for name in names:
        found = size_orbital(EXAMPLES / f"{name}.yaml")
        draw_orbital(found, IMAGES / f"sizing-{name}.png")
        out = io.StringIO()
        print_orbital(found, [], Console(file=out, width=100, highlight=False))
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
