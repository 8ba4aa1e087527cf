"""The Python verb ``cupola.run``."""

from pathlib import Path

from cupola.campaign.conduct import Result, conduct
from cupola.campaign.scenario_chain import campaign_of
from cupola.scenario.load import load
from cupola.scenario.schema import Scenario


def run(
    scenario: Scenario | str | Path,
    *,
    out: str | Path,
    runs: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    resume: bool = False,
    overwrite: bool = False,
) -> Result:
    """Play a scenario (or the file of one) many times into the folder ``out``; return the summary and the folder.

    ``runs`` and ``seed`` default to the scenario's own. With more than one worker, call it from under
    ``if __name__ == "__main__"``, as with any process pool. Raises ``ScenarioError`` and ``BadCampaign`` on bad input
    and ``CampaignFailed`` on a fault while running, after which ``resume=True`` goes on.
    """
    resolved = scenario if isinstance(scenario, Scenario) else load(Path(scenario))
    campaign = campaign_of(resolved, seed=seed, runs=runs)
    return conduct(campaign, out=Path(out), workers=workers, resume=resume, overwrite=overwrite)
