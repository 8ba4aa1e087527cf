"""YAML as plain data, with lines, and files laid over one another."""

from pathlib import Path

import pytest

from cupola.scenario.document import read_document, read_layers
from cupola.scenario.errors import ScenarioError


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_scalars_mean_what_yaml_1_2_says(tmp_path: Path) -> None:
    text = "nation: NO\nyes: yes\ntime: 12:30\nbig: 1e5\nquoted: '1e5'\ncount: 7\nflag: true\nnone:\ndate: 2026-05-12\n"
    data = read_document(write(tmp_path, "a.yaml", text)).data
    assert data == {
        "nation": "NO",
        "yes": "yes",
        "time": "12:30",
        "big": 1e5,
        "quoted": "1e5",
        "count": 7,
        "flag": True,
        "none": None,
        "date": "2026-05-12",
    }


def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"a\.yaml:3: runs: the key 'runs' is given twice"):
        read_document(write(tmp_path, "a.yaml", "runs: 1\nname: x\nruns: 2\n"))


def test_tags_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="accepted is plain data without tags"):
        read_document(
            write(tmp_path, "a.yaml", "name: !!python/object/apply:os.system ['true']\n".replace("['true']", "x"))
        )


def test_aliases_cannot_blow_up(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 8)]
    with pytest.raises(ScenarioError, match="too large"):
        read_document(write(tmp_path, "bomb.yaml", "\n".join(lines)))


def test_layers_merge_mappings_and_replace_lists(tmp_path: Path) -> None:
    write(tmp_path, "below.yaml", "battle: {commit_delay: 30 s, assignment: greedy}\nsensors: [a, b]\nname: below\n")
    top = write(tmp_path, "top.yaml", "extends: below.yaml\nbattle: {commit_delay: 10 s}\nsensors: [c]\n")
    document = read_layers(top)
    assert document.data == {
        "battle": {"commit_delay": "10 s", "assignment": "greedy"},
        "sensors": ["c"],
        "name": "below",
    }
    assert document.inherited(("name",))
    assert document.inherited(("battle", "assignment"))
    assert not document.inherited(("battle", "commit_delay"))
    assert ("sensors", 1) not in document.origin


def test_several_files_can_be_extended_the_last_wins(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "name: a\nruns: 1\n")
    write(tmp_path, "b.yaml", "name: b\n")
    assert read_layers(write(tmp_path, "c.yaml", "extends: [a.yaml, b.yaml]\nseed: 3\n")).data == {
        "name": "b",
        "runs": 1,
        "seed": 3,
    }


def test_a_circle_of_extends_is_one_clear_error(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "extends: b.yaml\n")
    write(tmp_path, "b.yaml", "extends: a.yaml\n")
    with pytest.raises(ScenarioError, match="extend each other in a circle"):
        read_layers(tmp_path / "a.yaml")
