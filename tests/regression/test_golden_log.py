"""The event log of one run, kept word for word: any change of behaviour shows here first.

When a change is meant, write the file anew with ``python -m tests.regression.test_golden_log`` and say in the CHANGELOG
how results move. Processors differ in the last bits of fused arithmetic, and a shot's small corrections are differences
of large numbers: a number counts as the same within 1e-4 of itself, all words and the order must agree to the letter.
"""

import json
from pathlib import Path

import pytest

from cupola.engine.simulate import simulate
from cupola.engine.world import build
from cupola.scenario.load import load

HERE = Path(__file__).parent
SCENARIO = HERE.parents[1] / "examples" / "today-gmd.yaml"
GOLDEN = HERE / "golden-today-gmd.jsonl"


def _rounded(value):
    return float(f"{value:.6g}") if isinstance(value, float) else value


def log_lines():
    record = simulate(build(load(SCENARIO)), 44, 0)
    for event in record.events:
        data = {key: _rounded(value) for key, value in event.data.items()}
        row = {
            "time_s": _rounded(event.time_s),
            "kind": event.kind.name,
            "subject": event.subject,
            "actor": event.actor,
        }
        yield json.dumps({**row, **data})


def test_the_event_log_of_a_run_is_the_kept_one():
    kept = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
    played = [json.loads(line) for line in log_lines()]
    assert [_words(event) for event in played] == [_words(event) for event in kept]
    for now, before in zip(played, kept, strict=True):
        assert _numbers(now) == pytest.approx(_numbers(before), rel=1e-4, abs=1e-5), (now, before)


def _words(event):
    return {key: value for key, value in event.items() if not isinstance(value, float)}


def _numbers(event):
    return {key: value for key, value in event.items() if isinstance(value, float)}


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(log_lines()) + "\n")
