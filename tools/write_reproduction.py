"""Write the tables of published results: the whole in docs/reproduction.md, the headlines in README.md.

Plays every case (minutes). Run: make tables, or python tools/write_reproduction.py [WORKERS]
"""

import sys
from pathlib import Path

from cupola.report.reproduction import between_marks, short_table, whole_table
from cupola.studies.reproduce_play import play

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Play everything and put both tables between their marks."""
    played = list(play(workers=int(sys.argv[1]) if len(sys.argv) > 1 else 2))
    for name, table in (("docs/reproduction.md", whole_table(played)), ("README.md", short_table(played))):
        path = ROOT / name
        path.write_text(between_marks(path.read_text(encoding="utf-8"), table), encoding="utf-8")
        print(f"written: {name}")


if __name__ == "__main__":
    main()
