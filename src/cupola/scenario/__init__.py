"""What a user writes: schema, loading, presets, overrides, and the sourced catalogue behind every name."""
