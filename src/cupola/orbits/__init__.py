"""Constellations and how their satellites move."""
