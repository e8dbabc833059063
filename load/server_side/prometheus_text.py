"""Prometheus' text format, as values by series."""

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

__all__ = ["MOST_SERIES", "values_of"]

MOST_SERIES = 200
"""A page may have thousands; those of one app are a few dozen."""

# Of the interpreter, not of the work; and what histograms spread over many lines is in their sum and count.
_LEFT_OUT_PREFIXES = ("python_",)
_LEFT_OUT_SUFFIXES = ("_bucket", "_created")


def values_of(text: str) -> tuple[tuple[str, float], ...]:
    """The first 200 series with their values, named as the page names them, labels included.

    Source: prometheus.io/docs/instrumenting/exposition_formats.

    Raises:
        ValueError: The text is not in that format.
    """
    return tuple(pair for pair, _ in zip(_pairs(text), range(MOST_SERIES), strict=False))


def _pairs(text: str) -> Iterator[tuple[str, float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            is_finite = abs(sample.value) < float("inf")
            if is_finite and not (
                sample.name.startswith(_LEFT_OUT_PREFIXES) or sample.name.endswith(_LEFT_OUT_SUFFIXES)
            ):
                yield _name(sample.name, sample.labels), float(sample.value)


def _name(name: str, labels: dict[str, str]) -> str:
    if not labels:
        return name
    inside = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inside}}}"
