"""What can go wrong in a campaign, split by who can mend it: the user's input, or the machine while running."""


class BadCampaign(ValueError):
    """The input is wrong (scenario, counts, run folder); nothing was written. The command line exits with 2."""


class CampaignFailed(RuntimeError):
    """A fault while running (a dying worker, a full disk, a failing run). The folder stays resumable; exit 1."""


class CampaignStopped(Exception):
    """The user stopped the campaign. Committed chunks are kept and ``--resume`` finishes the rest; exit 130."""
