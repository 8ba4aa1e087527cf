"""Numbers as words, counts from tables, and drawings made smaller without changing them."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from synthetic import write_run_folder
from synthetic_raid import Case

from cupola.report.compact import compact
from cupola.report.draw import plain, render
from cupola.report.measure import aim_points, flow_of, launch_times, moments, shot_outcomes
from cupola.report.page import build_page
from cupola.report.read import RunFolder, read_run_folder
from cupola.report.words import Estimate, clock, counted, estimate_of, interval, listed, measured, number, percent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return read_run_folder(write_run_folder(tmp_path_factory.mktemp("runs") / "run", Case(runs=8)))


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (1.0, "100 %"), (1e-5, "< 0.1 %"), (0.99999, "> 99.9 %"), (0.0421, "4.2 %"), (0.5, "50 %")],
)
def test_percent_never_rounds_to_certainty(share: float, text: str) -> None:
    assert percent(share) == text


def test_numbers_have_the_digits_that_mean_something() -> None:
    assert [number(v) for v in (7800.0, 10.0, 3.24, 0.043)] == ["7,800", "10", "3.2", "0.04"]
    assert [measured(v) for v in (0.0, 0.043, 3.0, 57.0, 312.4, math.nan)] == ["0", "0.04", "3.0", "57.0", "312", "–"]
    assert interval(Estimate(mean=1.0, low=0.5, high=math.nan)) == "at least 0.50"
    assert interval(estimate_of(3.0)) == "–"
    assert estimate_of({"mean": 1.0, "low": None, "high": 2}).high == 2.0
    assert [clock(v) for v in (45.0, 175.0, 180.0, 1860.0)] == ["45 s", "2 min 55 s", "3 min", "31 min"]
    assert counted(1, "missile") == "one missile"
    assert counted(300, "missile") == "300 missiles"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefgh"), 3) == "a, b, c and 5 more"


def test_flow_loses_no_warhead(folder: RunFolder) -> None:
    flow = flow_of(folder)
    stopped = sum(stage.stopped for stage in flow.stages)
    assert flow.launched == pytest.approx(float(folder.runs["lethal"].mean()))
    assert flow.leaked == pytest.approx(float(folder.runs["leaked"].mean()))
    assert stopped + flow.leaked == pytest.approx(flow.launched)
    for stage in flow.stages:
        assert stage.stopped == pytest.approx(float(folder.runs[f"{stage.layer.name}.killed_lethal"].mean()))
        assert stage.stopped <= stage.shot_at <= stage.entering + 1e-9
    assert [stage.layer.name for stage in flow.stages] == ["boost", "midcourse", "upper wide area", "terminal"]


def test_counts_agree_with_the_tables(folder: RunFolder) -> None:
    aims = aim_points(folder)
    assert sum(aim.arrived for aim in aims) == pytest.approx(float(folder.runs["leaked"].mean()))
    assert all(0 <= aim.runs_hit <= 8 for aim in aims)
    assert sum(mean for _, _, mean in shot_outcomes(folder)) == pytest.approx(float(folder.runs["shots"].mean()))
    kills = sum(mean for _, code, mean in shot_outcomes(folder) if code == "kill")
    assert kills == pytest.approx(float(folder.shots["kill"].mean()) * len(folder.shots) / 8)
    launched = launch_times(folder)
    assert np.isfinite(launched).all()
    assert (folder.shots["launch_time_s"] > launched).all()
    rows = {moment.label: moment.percentiles[2] for moment in moments(folder)}
    assert rows["First detection"] < rows["Firm track"] < rows["boost: intercept"] < 180.0 < rows["Warhead arrives"]


def test_long_campaign_is_read_in_part_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_run_folder(tmp_path / "run", Case(runs=6, missiles=3))
    whole = read_run_folder(path)
    monkeypatch.setattr("cupola.report.read.MOST_DETAILED_RUNS", 4)
    part = read_run_folder(path)
    assert part.detailed_runs == 4
    assert part.objects["run"].max() == 3
    assert len(part.runs["run"]) == 6
    assert flow_of(part).leaked == flow_of(whole).leaked
    assert "uses the first 4 of 6 runs" in build_page(part)


def test_names_are_one_printable_line() -> None:
    assert plain(" a\n b\u200b\x07 ") == "a b"
    short = plain("x" * 100, 20)
    assert len(short) == 20
    assert "…" in short


def drawing() -> str:
    def paint(figure: object) -> None:
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))  # type: ignore[attr-defined]
        axes.plot([0.0, 1.0, 2.0], [0.0, 2.0, 1.0], marker="o")
        axes.text(1.0, 1.0, "$x_1$ < 5 & more")

    return render(paint, name="test", title="A <title>", description="It & that", width=300, height=200)


def test_drawing_keeps_text_as_text_and_repeats() -> None:
    svg = drawing()
    assert "$x_1$ &lt; 5 &amp; more" in svg
    assert "A &lt;title&gt;" in svg
    assert svg == drawing()
    assert re.search(r"\d{4}-\d\d-\d\d", svg) is None


def test_compact_keeps_every_point_within_a_tenth_of_a_pixel() -> None:
    path = "M 10.123456 20.987654 \nL 10.14 20.96 \nL 30.55555 40.44444 \nz\nM 1.26 2 \nL 1.26 2 \n"
    small = compact(f'<path d="{path}" style="fill: none"/>')
    assert small == '<path d="M10.1 21L30.6 40.4zM1.3 2L1.3 2" style="fill:none"/>'
    curve = compact('<path d="M 0 1.005 \nC 0.123456 1 2 3 4 5 \nz\n"/>')
    assert "C 0.12 1 2 3 4 5" in curve
    marks = "\n".join(f'<use href="#a" x="{i}" y="0" style="fill: red"/>' for i in range(3))
    grouped = compact(f"<g>\n{marks}\n</g>")
    assert grouped.count("fill:red") == 1
    assert grouped.count("<use ") == 3


def test_folder_written_elsewhere_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"scenario\.yaml: not there"):
        read_run_folder(tmp_path)
