import io
from typing import Any

import pytest
from campaign_toy import toy_campaign
from rich.console import Console

from cupola.campaign.conduct import conduct
from cupola.cli.outcome import estimate, print_outcome
from cupola.cli.progress import PlainProgress


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    summary = conduct(toy_campaign(40), out=tmp_path_factory.mktemp("terminal") / "run").summary
    compare = {
        "claim": "Ten are engaged", "missiles_engaged": 10.0, "source": "somebody-2026",
        "ours": {"missiles_engaged": summary["leaked"], "missiles_killed": summary["leaked"]},
    }  # fmt: skip
    return {**summary, "compare": compare, "report": "runs/x/report.html", "command": "cupola run " + "long/" * 30}


@pytest.mark.parametrize("width", [80, 100])
def test_summary_fits_the_terminal(document: dict[str, Any], width: int) -> None:
    console = Console(width=width, file=io.StringIO(), highlight=False)
    print_outcome(document, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(len(line) for line in text.splitlines() if "long/" not in line) <= width
    facts = ["Of 5 warheads a run", "leaked past", "shots/kill", "Every shot fired at it failed.", "Ten are engaged"]
    for needed in (*facts, "boost", "midcourse", "seed 7", "runs/x/report.html", "long/" * 30):
        assert needed in text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"mean": 2.3456, "low": 2.1, "high": 2.6}, ("2.3", "[2.1, 2.6]")),
        ({"mean": 0.052, "low": 0.02, "high": 0.1}, ("0.05", "[0.02, 0.10]")),
        ({"mean": 10.0, "low": 10.0, "high": 10.0}, ("10", "")),
        ({"mean": 812.4, "low": 790.0, "high": 830.0}, ("812", "[790, 830]")),
        ({"mean": 500.0, "low": 170.0, "high": None}, ("500", "[170, ?]")),
        (None, ("–", "")),
    ],
)
def test_estimates_show_the_digits_they_warrant(
    data: dict[str, float | None] | None, expected: tuple[str, str]
) -> None:
    assert estimate(data) == expected


def test_log_lines_are_sparse(capsys: pytest.CaptureFixture[str]) -> None:
    progress = PlainProgress()
    progress.start(total=100, done=20)
    for _ in range(80):
        progress.advance(1)
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert lines[0] == "simulating 100 runs, 20 of them finished before"
    assert lines[-1].startswith("100 of 100 runs (100 %)")
    assert len(lines) == 2


def test_a_point_that_took_long_to_set_up_ends_no_study(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A study says that none of a point's runs were there before, after compiling for minutes: no rate is known yet."""
    clock = iter([0.0, 0.0, 150.0, 151.0, 152.0])
    monkeypatch.setattr("cupola.cli.progress.time.monotonic", lambda: next(clock))
    progress = PlainProgress()
    progress.start(total=2, done=0)
    progress.advance(0)
    progress.advance(1)
    assert capsys.readouterr().err.splitlines()[1:] == ["1 of 2 runs (50 %), 0.0 runs/s, about 151 s left"]
