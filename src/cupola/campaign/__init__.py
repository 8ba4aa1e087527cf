"""Many runs: plan, execute, store, resume, summarise."""
