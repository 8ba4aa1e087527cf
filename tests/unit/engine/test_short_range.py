"""A short flight under one radar and one battery: first seen low and climbing, held through the release, and met."""

from pathlib import Path

from cupola.campaign.engagement import engage, play

SCENARIO = """
cupola: 1
name: Two short-range missiles against a Patriot battery beside their target
seed: 5
runs: 4
raid:
  - threat: srbm-scud-b-class
    count: 2
    from: {latitude: "41 deg", longitude: "-106.5 deg"}
    to: {city: Denver}
    timing: {salvo: "30 s"}
defended: {assets: us-cities, nations: [US]}
sensors:
  - site: aegis-ashore
    at: [{name: radar, latitude: "39.7 deg", longitude: "-104.9 deg", nation: US, boresights: ["330 deg"]}]
interceptors:
  - site: pac-3-mse
    at: [{name: battery, latitude: "39.72 deg", longitude: "-104.98 deg", nation: US}]
    inventory: 16
    layer: point
"""


def test_a_short_range_missile_is_held_through_its_release_and_met(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(SCENARIO)
    leaked, fired = 0, 0
    for run in range(4):
        record = play(path, run=run).record
        leaked += record.leaked
        for name in ("M01-RV1", "M02-RV1"):
            # The radar's search fence lies lower than a missile that has burnt out: its tracks must point it there.
            looks = record.looks[name]["aegis-ashore-radar"]
            assert looks["none"] > 0.9 * sum(looks.values()), looks
            shots = [shot for shot in record.shots if shot.object == name]
            fired += bool(shots)
            assert len({e.data["track"] for e in record.events if e.subject == name and "track" in e.data}) <= 2
        assert len(record.shots) <= 16
    assert fired == 8
    assert leaked <= 2


def test_the_engagement_of_a_short_range_missile_lies_in_its_window(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(SCENARIO)
    found = engage(path, object_id="M01-RV1")
    (battery,) = found.shooters
    assert battery.fired == len(found.shots) > 0
    (window,) = battery.windows or ()
    for shot in found.shots:
        assert window.first_release_s - 3.0 <= shot.release_s <= window.last_release_s + 3.0
        assert 6e3 < shot.intercept_alt_m < 36e3
