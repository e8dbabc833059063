"""One run of the suite against an endpoint: plan it, record its probes, judge what came back. The Python API."""

from conformance.examination.examination import (
    Ask,
    Examination,
    Plan,
    check_endpoint,
    examine,
    plan_probes,
)

__all__ = ["Ask", "Examination", "Plan", "check_endpoint", "examine", "plan_probes"]
