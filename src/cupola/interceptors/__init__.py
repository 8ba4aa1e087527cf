"""Space-based and ground-based interceptors: reach, fly-out, divert and endgame. Sees tracks, never truth."""
