"""Decisions: which shooter engages which track, when, by what doctrine. Sees tracks, never truth."""
