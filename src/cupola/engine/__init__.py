"""One run: the event queue, the world, and the record that a run leaves."""
