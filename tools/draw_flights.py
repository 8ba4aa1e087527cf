"""Draw one flight of each kind of threat for the documentation: docs/images/flight-*.png.

Threats that the catalogue does not hold are skipped and named. Run: python tools/draw_flights.py [FOLDER] [NAME ...]
"""

import sys
from pathlib import Path
from typing import Any

from cupola.report.flightplot import draw_flight
from cupola.scenario.catalogue import entry, names
from cupola.studies.flights import describe, fly

FOLDER = Path(__file__).parent.parent / "docs/images"

# Threat -> from, and the rest of the question.
FLIGHTS: dict[str, tuple[str, dict[str, Any]]] = {
    "icbm-solid-notional": ("39.0,125.7", {"aim": "38.9,-77.0"}),
    "icbm-liquid-notional": ("39.0,125.7", {"range": "999.2 km", "apogee": "6040.9 km"}),
    "srbm-scud-b-class": ("39.0,125.7", {"range": "250 km", "azimuth": "170 deg"}),
    "slbm-notional-1992": ("45.0,-150.0", {"aim": "Denver", "apogee": "500 km"}),
    "glide-notional": ("55.0,85.0", {"aim": "Seattle"}),
    "glide-medium-notional": ("39.0,116.0", {"aim": "26.5,127.9"}),
    "cruise-subsonic-notional": ("62.0,-95.0", {"aim": "Chicago", "waypoints": ("52.0,-96.0",)}),
    "cruise-subsonic-air-notional": ("72.0,-120.0", {"aim": "Seattle", "altitude": "9 km"}),
    "cruise-sea-notional": ("36.0,-70.0", {"aim": "Norfolk"}),
    "cruise-supersonic-notional": ("39.0,-70.5", {"aim": "New York City"}),
    "cruise-scramjet-notional": ("38.0,-66.0", {"aim": "New York City"}),
    "drone-one-way-notional": ("42.0,-65.0", {"aim": "Boston"}),
    "quasi-ballistic-notional": ("39.0,125.7", {"range": "450 km", "azimuth": "150 deg"}),
    "quasi-ballistic-air-launched-notional": (
        "50.0,40.0",
        {"range": "800 km", "azimuth": "250 deg", "altitude": "15 km"},
    ),
    "fractional-orbital-notional": ("38.0,101.0", {"aim": "Denver"}),
}


def main() -> None:
    """Draw what was asked for, or everything."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name in sys.argv[2:] or FLIGHTS:
        if name not in names("threats"):
            print(f"skipped {name}: the catalogue does not hold it")
            continue
        launch, question = FLIGHTS[name]
        try:
            flight = fly(name, launch, **question)
        except ValueError as error:
            print(f"skipped {name}: {error}")
            continue
        document = describe(flight, entry("threats", name))
        target = folder / f"flight-{name.removesuffix('-notional')}.png"
        draw_flight(flight, document, target)
        print(f"{target.name}: {document['apogee_km']:,.1f} km, {document['flight_time_s']:,.0f} s")


if __name__ == "__main__":
    main()
