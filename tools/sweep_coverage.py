"""Print the tables of docs/coverage.md and draw its pictures, docs/images/coverage-*.png.

The tables: forty satellites and four of them under many assumptions; flights with fewer and fewer satellites left.
Run: python tools/sweep_coverage.py
"""

import math
from pathlib import Path

from PIL import Image

from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.core.units import parse_quantity
from cupola.orbits.coverage_access import ring
from cupola.report.coverageplot import draw_coverage
from cupola.studies.coverage import coverage
from cupola.studies.coverage_spec import CoverageSpec, read_question
from cupola.studies.coverage_stations import rule_of

ROOT = Path(__file__).parent.parent
EXAMPLES, IMAGES = ROOT / "examples/coverage", ROOT / "docs/images"
DRAWN = ("tracking-layer", "today")

# Shell, how it shows, tangent height, range; planes, phasing, inclination, pattern.
STAR, DELTA = (5, 2, "88 deg", "star"), (5, 1, "80 deg", "delta")
CASES = [
    ("200 km", "cold", "40 km", "6500 km", STAR),
    ("200 km", "cold", "50 km", "6500 km", STAR),
    ("200 km", "cold", "80 km", "6500 km", STAR),
    ("200 km", "cold", "50 km", "4000 km", STAR),
    ("100 km", "cold", "50 km", "6500 km", STAR),
    ("500 km", "cold", "50 km", "6500 km", STAR),
    ("200 km", "cold", "50 km", "6500 km", DELTA),
    ("20 km", "bright", "50 km", "6500 km", STAR),
    ("20 km", "bright", "50 km", "3000 km", STAR),
    ("20 km", "bright", "50 km", "2600 km", STAR),
    ("20 km", "bright", "50 km", "3000 km", DELTA),
]


def main() -> None:
    """Print a row per case, then the custody of two flights by the satellites that are left."""
    base = read_question(EXAMPLES / "forty-satellites.yaml").spec.model_dump(by_alias=True, mode="json")
    print("| shell | shows | limb | range | pattern | ring | one | 40: seen | 40: stereo | 4: seen | 4: stereo |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for shell, shows, limb, reach, (planes, phasing, tilt, pattern) in CASES:
        walker = {"total": 40, "planes": planes, "phasing": phasing, "altitude": "1000 km", "inclination": tilt}
        data = base | {
            "sensors": [{"constellation": "tracking-layer-t1", "walker": walker | {"pattern": pattern}}],
            "overrides": {
                "tracking-layer-t1.minimum_tangent_height": limb,
                "tracking-layer-t1.maximum_range": reach,
            },
            "shells": [{"altitude": shell, "shows": shows}],
            "losses": [36],
        }
        found = coverage(CoverageSpec.model_validate(data))
        group = found.question.groups[0]
        rule = rule_of(group.spec, found.question.spec.shells[0], found.question.spec.environment.cloud_top)
        inner, outer = ring(EQUATORIAL_RADIUS + 1e6, EQUATORIAL_RADIUS + parse_quantity(shell, "length"), rule)
        all_of_them, four = found.document, found.document["losses"][0]
        print(
            f"| {shell} | {shows} | {limb if shows == 'cold' else '-'} | {reach} "
            f"| {planes} x {40 // planes} {pattern}, {tilt} "
            f"| {math.degrees(inner):.1f}-{math.degrees(outer):.1f}° | {(math.cos(inner) - math.cos(outer)) / 2:.1%} "
            f"| {all_of_them['fraction_covered']:.1%} | {all_of_them['fraction_stereo']:.1%} "
            f"| {four['fraction_covered']:.1%} | {four['fraction_stereo']:.1%} |"
        )
    document = coverage(EXAMPLES / "tracking-layer.yaml").document
    names = [flight["name"] for flight in document["custody"]]
    print(
        "\n| satellites | covered | stereo | longest gap |",
        " | ".join(f"{n} in custody | {n} stereo" for n in names),
        "|",
    )
    print("|---|---|---|---|" + "---|---|" * len(names))
    for row in document["losses"]:
        flights = " | ".join(f"{f['custody_fraction']:.1%} | {f['stereo_fraction']:.1%}" for f in row["custody"])
        print(
            f"| {72 - row['satellites_lost']} | {row['fraction_covered']:.1%} | {row['fraction_stereo']:.1%} "
            f"| {row['largest_gap_s'] / 60:.0f} min | {flights} |"
        )

    for name in DRAWN:
        picture = IMAGES / f"coverage-{name}.png"
        draw_coverage(coverage(EXAMPLES / f"{name}.yaml"), picture)
        # Few colours are in use: a palette makes the file a quarter of its size.
        Image.open(picture).convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(picture, optimize=True)


if __name__ == "__main__":
    main()
