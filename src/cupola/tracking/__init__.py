"""Filters that turn measurements into tracks with covariance, and predictions from them. Sees measurements, never
truth.
"""
