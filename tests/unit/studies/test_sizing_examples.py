"""The files of examples/sizing are sound, and the page shows the answer and the picture of every one."""

from pathlib import Path

import pytest

from cupola.studies import orbital_spec, stereo_spec, survival_spec

ROOT = Path(__file__).parents[3]
READERS = {"orbital": orbital_spec, "sensors": stereo_spec, "survivability": survival_spec}
FILES = sorted((ROOT / "examples" / "sizing").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_an_example_is_sound_and_shown(path: Path) -> None:
    kind = next(kind for kind in READERS if f"\nkind: {kind}\n" in path.read_text(encoding="utf-8"))
    question = READERS[kind].read_question(path)
    page = (ROOT / "docs" / "sizing.md").read_text(encoding="utf-8")
    answer = page.split(f"<!-- {path.stem}: begin -->")[1].split(f"<!-- {path.stem}: end -->")[0]
    assert question.spec.name[:60] in answer, "run `python tools/draw_sizing.py`"
    assert f"images/sizing-{path.stem}.png" in page
    assert (ROOT / "docs" / "images" / f"sizing-{path.stem}.png").is_file()
