"""Infrared and radar sensors: access by geometry, detection by signal, measurements with noise from the signal."""
