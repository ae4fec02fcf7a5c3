"""Speeds, as ratios of two ways to do one thing in one run: ``make bench``."""
