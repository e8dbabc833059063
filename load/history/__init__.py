"""Runs over time: kept as they were recorded, and found again by what they were runs of."""
