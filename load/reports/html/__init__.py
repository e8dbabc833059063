"""The run as one page for people: verdict, figures and charts in a file that needs no network."""

from load.reports.html.page import render

__all__ = ["render"]
