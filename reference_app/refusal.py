"""Failures before the first event, as HTTP answers in fal's form: a `detail` list of `loc`, `msg` and `type`.

A status has consequences for the runner (fal.ai/docs/documentation/serverless/reliability/retries): a 503 terminates
it at once, 500 and 502 make fal look whether it is alive, 4xx leaves it alone. So a full queue, which says that the
runner is healthy and busy, is a 409; 429 and 503 would be understood as something else. Too little memory is left to
fal, which answers 503 and takes a new runner. So it is with an error of CUDA itself: after one, every call of this
process fails, while `/health` goes on answering. The first request that finds out ends the runner, so no health check
has to look for it.
"""

from fastapi import HTTPException

from reference_app.events import ErrorType
from reference_app.outcome import Failure

_STATUS = {
    # What fal's own RequestCancelledException answers with.
    ErrorType.CANCELLED: 499,
    ErrorType.INTERNAL_ERROR: 500,
    ErrorType.OUT_OF_MEMORY: 503,
    ErrorType.QUEUE_FULL: 409,
    ErrorType.SHUTTING_DOWN: 500,
}
_DEVICE_LOST = 503

QUEUE_FULL = Failure(type=ErrorType.QUEUE_FULL, message="Too many generations wait already; try again in a moment.")


def refusal(failure: Failure, request_id: str) -> Exception:
    """What to raise in a route, so that the caller learns of the failure."""
    if failure.type is ErrorType.OUT_OF_MEMORY and failure.cause is not None:
        return failure.cause
    status = _DEVICE_LOST if _is_device_lost(failure.cause) else _STATUS[failure.type]
    detail = [{"loc": [], "msg": failure.message, "type": failure.type.value}]
    return HTTPException(status, detail=detail, headers={"X-Request-Id": request_id})


def _is_device_lost(cause: Exception | None) -> bool:
    """Told by the words with which torch begins every error of CUDA, and without torch."""
    return isinstance(cause, RuntimeError) and "CUDA error" in str(cause)
