"""Numbers: the Earth, motion, geometry, chance and units, with not a word about missiles and no file access."""
