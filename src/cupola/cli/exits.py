"""Exit codes: 0 done, 1 failed while running, 2 bad input, 130 stopped by Ctrl-C."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

FAILED, BAD_INPUT, STOPPED = 1, 2, 130


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn the errors that a user can act on into one message on stderr and the exit code; nobody sees a traceback."""
    from cupola.campaign.errors import BadCampaign, CampaignFailed, CampaignStopped
    from cupola.scenario.errors import ScenarioError

    try:
        yield
    except (BadCampaign, ScenarioError) as error:
        _leave(f"error: {error}", BAD_INPUT)
    except CampaignFailed as error:
        _leave(f"error: {error}", FAILED)
    except CampaignStopped as stopped:
        _leave(str(stopped), STOPPED)
    except KeyboardInterrupt:
        _leave("stopped", STOPPED)
    except ValueError as error:
        if not _infeasible(error):
            raise
        _leave(f"error: {error}", BAD_INPUT)


def _infeasible(error: ValueError) -> bool:
    """Say whether a threat cannot fly as asked; looked up, because importing the threats takes longer than any help."""
    module = sys.modules.get("cupola.threats.flight")
    return module is not None and isinstance(error, module.InfeasibleFlight)


def _leave(message: str, code: int) -> None:
    sys.stderr.write(f"{message}\n")
    raise SystemExit(code)
