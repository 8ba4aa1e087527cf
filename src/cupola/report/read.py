"""Reads a finished run folder into what the figures and tables of the report need."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cupola.report.theme import LayerStyle, layer_style

if TYPE_CHECKING:
    from cupola.scenario.schema import Scenario

MOST_DETAILED_RUNS = 20_000
"""Runs whose objects and shots are read one by one; enough for any figure, and some hundred MB."""

DRAWN_ROLES = ("booster", "warhead")
"""Roles of the objects that figures draw; what else was released would only hide them"""

_OBJECT_COLUMNS = (
    "run",
    "object",
    "missile",
    "role",
    "lethal",
    "launch_time_s",
    "launch_lat_deg",
    "launch_lon_deg",
    "aim",
    "aim_lat_deg",
    "aim_lon_deg",
    "aim_population",
    "end_time_s",
    "first_detection_s",
    "firm_track_s",
    "shooters_in_reach",
    "shots",
    "outcome",
    "layer",
    "kill_alt_m",
    "reason",
)
_SHOT_COLUMNS = (
    "run",
    "layer",
    "object",
    "order_time_s",
    "launch_time_s",
    "intercept_time_s",
    "launch_lat_deg",
    "launch_lon_deg",
    "launch_alt_m",
    "intercept_lat_deg",
    "intercept_lon_deg",
    "intercept_alt_m",
    "kill",
    "outcome",
)


class Table:
    """Columns of one Parquet file: numbers and flags as arrays, words as codes into their distinct values."""

    def __init__(
        self, numbers: Mapping[str, NDArray[Any]], words: Mapping[str, tuple[NDArray[np.int32], list[str]]]
    ) -> None:
        self.numbers = dict(numbers)
        self.words = dict(words)

    def __len__(self) -> int:
        return len(next(iter(self.numbers.values())))

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.numbers[name]

    def equals(self, name: str, value: str) -> NDArray[np.bool_]:
        """Return where a column of words holds ``value``, shape (rows,)."""
        codes, values = self.words[name]
        return np.equal(codes, values.index(value) if value in values else -2)

    def text(self, name: str, row: int) -> str:
        """Return one word."""
        codes, values = self.words[name]
        return values[int(codes[row])]

    def where(self, mask: NDArray[np.bool_]) -> "Table":
        """Return the rows of a mask."""
        return Table(
            {name: column[mask] for name, column in self.numbers.items()},
            {name: (codes[mask], values) for name, (codes, values) in self.words.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer of the defense in the order in which a missile meets them."""

    name: str
    in_space: bool
    style: LayerStyle


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """A finished run folder in memory. ``runs`` holds one number per run; ``replay`` the kept run, as stored.

    ``objects`` and ``shots`` hold the first ``detailed_runs`` runs, which bounds memory however long the campaign was.
    """

    path: Path
    scenario: "Scenario"
    scenario_hash: str
    summary: dict[str, Any]
    layers: tuple[Layer, ...]
    runs: dict[str, NDArray[Any]]
    detailed_runs: int
    objects: Table
    shots: Table
    replay: dict[str, Any]
    burnouts: dict[str, float]


def read_run_folder(path: Path) -> RunFolder:
    """Read a run folder. Raises ``ValueError`` that names the file when one is missing or broken."""
    from cupola.scenario.load import load, scenario_hash

    path = Path(path)
    scenario = load(_present(path / "scenario.yaml"))
    runs = _read_table(path / "runs.parquet", None)
    replay = _read_json(path / "replay.json")
    return RunFolder(
        path=path,
        scenario=scenario,
        scenario_hash=scenario_hash(scenario),
        summary=_read_json(path / "summary.json"),
        layers=_layers(scenario),
        runs=runs.numbers,
        detailed_runs=min(len(runs), MOST_DETAILED_RUNS),
        objects=_read_table(path / "objects.parquet", _OBJECT_COLUMNS),
        shots=_read_table(path / "shots.parquet", _SHOT_COLUMNS),
        replay=replay,
        burnouts=_burnouts(replay),
    )


def _present(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(
            f"{path}: not there, but a report needs a finished run folder (scenario.yaml, runs, objects and shots "
            "tables, summary.json, replay.json); finish the campaign with --resume first"
        )
    return path


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(_present(path).read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: not a JSON document ({error}); the file is truncated or was edited") from None
    if not isinstance(data, dict):
        raise ValueError(f"{path}: got a JSON {type(data).__name__}, accepted is an object")
    return data


def _read_table(path: Path, columns: Sequence[str] | None) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        limits = [("run", "<", MOST_DETAILED_RUNS)] if columns else None
        table = pq.read_table(_present(path), columns=list(columns) if columns else None, filters=limits)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(
            f"{path}: not a readable Parquet table ({error}); the file is truncated or was edited"
        ) from None
    missing = set(columns or ()) - set(table.column_names)
    if missing:
        raise ValueError(f"{path}: columns {sorted(missing)} are missing; the folder was written by another version")
    numbers: dict[str, NDArray[Any]] = {}
    words: dict[str, tuple[NDArray[np.int32], list[str]]] = {}
    for name in table.column_names:
        column = table.column(name)
        if (
            pa.types.is_dictionary(column.type)
            or pa.types.is_string(column.type)
            or pa.types.is_large_string(column.type)
        ):
            encoded = column.combine_chunks().dictionary_encode() if not pa.types.is_dictionary(column.type) else column
            encoded = encoded.unify_dictionaries().combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
            words[name] = (
                np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int32),
                encoded.dictionary.to_pylist(),
            )
        else:
            numbers[name] = column.to_numpy()
    return Table(numbers, words)


def _layers(scenario: "Scenario") -> tuple[Layer, ...]:
    """Order layers as a missile meets them: boost in space first, then from the highest ceiling down."""
    ceilings: dict[str, tuple[int, float]] = {}
    space: dict[str, bool] = {}
    for group in scenario.interceptors:
        in_space = group.spec.kind == "space-based"
        if group.spec.kind == "space-based":
            rank = (0 if "boost" in group.spec.engages else 1, 0.0)
        else:
            rank = (2, -float(group.spec.maximum_altitude))
        ceilings[group.layer] = min(rank, ceilings.get(group.layer, rank))
        space[group.layer] = space.get(group.layer, False) or in_space
    order = sorted(ceilings, key=lambda name: (*ceilings[name], name))
    return tuple(Layer(name=name, in_space=space[name], style=layer_style(i)) for i, name in enumerate(order))


def _burnouts(replay: Mapping[str, Any]) -> dict[str, float]:
    """Return the burnout time in s of each missile of the kept run that lived to see it."""
    return {
        str(event["subject"]): float(event["time_s"])
        for event in replay.get("events", ())
        if str(event.get("kind", "")).lower() == "burnout"
    }
