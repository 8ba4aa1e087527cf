"""What a user is told when a scenario or a catalogue entry is wrong."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong: where it stands (``file``, ``line``, dotted ``path``) and got, accepted, hint in a sentence."""

    message: str
    path: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """Return ``file:line: path: message`` without the parts that are not known."""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (place, self.path, self.message) if part)


class ScenarioError(ValueError):
    """A scenario, catalogue entry or value that cannot be used; ``problems`` lists everything found, one line each."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(Problem(message=p) if isinstance(p, str) else p for p in problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def dotted(path: Iterable[str | int]) -> str:
    """Return ``sensors.0.walker`` for ``("sensors", 0, "walker")``."""
    return ".".join(str(part) for part in path)


def did_you_mean(got: object, accepted: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest accepted word, or an empty string when none is near."""
    near = difflib.get_close_matches(str(got), list(accepted), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def shortened(path: Path) -> str:
    """Return a path as a user would write it: relative to the working folder when it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
