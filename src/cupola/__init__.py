"""Cupola: what a layered missile defense would stop, miss and cost, and how sure we are."""

__version__ = "0.1.0"
