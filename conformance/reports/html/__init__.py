"""The report as one page for people: verdict, charts, pictures and findings in a file that needs no network.

Everything that an endpoint chose is shown as text, or as a picture that was drawn anew; the page's own content
security policy forbids all but what it brought along.
"""

from conformance.reports.html.page import render

__all__ = ["render"]
