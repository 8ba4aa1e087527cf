"""Questions that need no campaign: one flight, one claim, the published cases."""
