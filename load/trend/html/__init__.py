"""Trends as one page for people: changes, charts and series in a file that needs no network."""

from load.trend.html.page import render

__all__ = ["render"]
