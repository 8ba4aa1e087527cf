"""One run to look at: maps and altitude charts of the run nearest the mean."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cupola.report.altitude import boost_figure, flight_figure, kept_run
from cupola.report.map import map_figure
from cupola.report.markup import figure, paragraph, section, text
from cupola.report.read import RunFolder
from cupola.report.scene import City, Cut, Scene, cut_around, raid_points, raid_projection
from cupola.report.words import capital, counted, listed

_OVERVIEW_WIDTH, _OVERVIEW_HEIGHTS = 920, (460, 640)
_DETAIL_WIDTH, _DETAIL_HEIGHTS = 448, (400, 400)


def kept_section(folder: RunFolder, rings: Sequence[NDArray[np.float64]]) -> str:
    """Return the maps and charts of the kept run."""
    scene = Scene(replay=folder.replay, layers=folder.layers, cities=tuple(_cities(folder)), rings=rings)
    run = int(folder.replay.get("run", 0))
    words = paragraph(
        f"Run {run}, the one nearest the mean, drawn from its log. <code>cupola explain</code> tells the story of "
        "any of its "
        "objects."
    )
    return section("run", "One run, seen from above and from the side", words, _maps(scene, run), _charts(folder))


def _maps(scene: Scene, run: int) -> str:
    told = _told(scene)
    overview = map_figure(
        scene,
        cut_around(
            raid_points(scene), projection=raid_projection(scene), width=_OVERVIEW_WIDTH, heights=_OVERVIEW_HEIGHTS
        ),
        name="map",
        title=f"Map of run {run}",
        description=told,
        legend=True,
    )
    dots = (
        " Each dot is a space interceptor above that point when the raid begins."
        if scene.replay.get("space_interceptors")
        else ""
    )
    caption = (
        f"<b>The raid on the map.</b> {text(told)}{dots} Thin coloured lines lead from an interceptor's release "
        "to its intercept; "
        "hollow marks are misses. Azimuthal equidistant projection centred on the raid, turned to "
        "run across the page when the raid is long."
    )
    details = [
        figure(map_figure(scene, cut, name=name, title=title, description=told, legend=False), words, classes="map")
        for name, title, cut, words in _details(scene)
    ]
    return figure(overview, caption, classes="map wide") + f'<div class="pair">{"".join(details)}</div>\n'


def _details(scene: Scene) -> list[tuple[str, str, Cut, str]]:
    objects = [obj for obj in scene.replay.get("objects", ()) if obj["role"] == "booster"]
    space = {layer.name for layer in scene.layers if layer.in_space}
    start = [(float(obj["launch"][0]), float(obj["launch"][1])) for obj in objects]
    start += [(float(obj["track"][-1][1]), float(obj["track"][-1][2])) for obj in objects if obj["track"]]
    for shot in scene.replay.get("shots", ()):
        if shot["layer"] in space:
            start += [(float(place[0]), float(place[1])) for place in (shot["launch"], shot["intercept"])]
    out = []
    if start:
        cut = cut_around(start, width=_DETAIL_WIDTH, heights=_DETAIL_HEIGHTS, margin=0.1, least_km=900.0)
        out.append(
            (
                "map-start",
                "The boost phase on the map",
                cut,
                "<b>Where the missiles burn</b>, and who meets them there.",
            )
        )
    aims = [(city.latitude_deg, city.longitude_deg) for city in scene.cities]
    if aims:
        cut = cut_around(aims, width=_DETAIL_WIDTH, heights=_DETAIL_HEIGHTS, margin=0.12, least_km=700.0)
        out.append(
            ("map-aims", "The aim points on the map", cut, "<b>What they are aimed at.</b> Filled: hit in this run.")
        )
    return out


def _told(scene: Scene) -> str:
    objects = scene.replay.get("objects", ())
    missiles = sum(obj["role"] == "booster" for obj in objects)
    hit = [city.name for city in scene.cities if city.arrived]
    kills = sum(bool(shot["kill"]) for shot in scene.replay.get("shots", ()))
    shots = len(scene.replay.get("shots", ()))
    cities = f"Hit: {listed(hit, 8)}." if hit else "No aim point is hit."
    launched = capital(counted(missiles, "missile"))
    return f"{launched}, {counted(shots, 'interceptor')} fired, {counted(kills, 'kill')}. {cities}"


def _cities(folder: RunFolder) -> list[City]:
    """Return the aim points of the kept run; several missiles may share one."""
    kept = folder.objects.where(
        (folder.objects["run"] == folder.replay.get("run", 0)) & folder.objects["lethal"].astype(bool)
    )
    leaked = kept.equals("outcome", "leaked")
    cities: dict[tuple[str, float, float], City] = {}
    for row in range(len(kept)):
        name, latitude, longitude = (
            kept.text("aim", row),
            float(kept["aim_lat_deg"][row]),
            float(kept["aim_lon_deg"][row]),
        )
        before = cities.get((name, latitude, longitude))
        cities[name, latitude, longitude] = City(
            name=name,
            latitude_deg=latitude,
            longitude_deg=longitude,
            population=int(kept["aim_population"][row]),
            arrived=(before.arrived if before else 0) + int(leaked[row]),
        )
    return list(cities.values())


def _charts(folder: RunFolder) -> str:
    kept = kept_run(folder)
    whole = (
        "<b>Altitude over time, with what happens below.</b> Grey: stopped; red: gets through. A marker on a "
        "curve is an "
        "interceptor meeting it, filled when it kills. Ticks below are single events."
    )
    in_space = any(layer.in_space for layer in folder.layers)
    first = "<b>The first minutes</b>, while the missiles burn." + (
        " All that a boost-phase defense has: detect, track, decide, release and arrive before burnout."
        if in_space
        else ""
    )
    return figure(flight_figure(kept), whole, classes="wide") + figure(boost_figure(kept), first, classes="wide")
