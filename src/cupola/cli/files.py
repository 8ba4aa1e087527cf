"""Files that a command was asked to write: refused before any work when they cannot be, and there entirely or not."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PICTURES = (".png", ".svg", ".pdf")


def check_writable(path: Path, option: str) -> None:
    """Raise ``ScenarioError`` unless a file can be written at ``path``; an existing one may be replaced."""
    from cupola.scenario.errors import ScenarioError

    folder = path.parent
    if path.is_dir():
        raise ScenarioError(f"{option}: got {path}, which is a folder; accepted is the name of a file")
    if not folder.is_dir():
        raise ScenarioError(f"{option}: got {path}, but there is no folder {folder}; hint: make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ScenarioError(f"{option}: got {path}, but the folder {folder} cannot be written to")


def check_picture(path: Path, option: str) -> None:
    """Raise ``ScenarioError`` unless a picture can be written at ``path``."""
    from cupola.scenario.errors import ScenarioError

    if path.suffix.lower() not in PICTURES:
        raise ScenarioError(f"{option}: got {str(path)!r}, accepted are names that end with {', '.join(PICTURES)}")
    check_writable(path, option)


@contextmanager
def replacing(path: Path, option: str) -> Iterator[Path]:
    """Give a temporary file beside ``path`` that takes its place when all went well, and goes otherwise."""
    from cupola.campaign.errors import CampaignFailed

    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".tmp-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o666 & ~_mask())
        temporary.replace(path)
    except OSError as error:
        raise CampaignFailed(f"{option}: cannot write {path}: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _mask() -> int:
    """Return the process's mask for new files, which only setting it tells."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
