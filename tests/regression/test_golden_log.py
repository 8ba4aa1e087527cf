"""The event log of one run, kept word for word: any change of behaviour shows here first.

When a change is meant, write the file anew with ``python -m tests.regression.test_golden_log`` and say in the CHANGELOG
how results move. Numbers are kept to six digits, so that another processor's last bit does not count as a change.
"""

import json
from pathlib import Path

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
    assert list(log_lines()) == GOLDEN.read_text().splitlines()


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(log_lines()) + "\n")
