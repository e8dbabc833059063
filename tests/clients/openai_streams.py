"""Streams that OpenAI's Python client reads, with all that may be odd about them."""

import json

from conformance.core import Ending
from conformance.samples import answer, stream

__all__ = ["STREAMS"]


def _event(type_: str, **members: object) -> bytes:
    payload = {"type": f"image_generation.{type_}", "b64_json": "QUJD", **members}
    return f"event: {payload['type']}\ndata: {json.dumps(payload)}\n\n".encode()


FIRST, SECOND = _event("partial_image", partial_image_index=0), _event("partial_image", partial_image_index=1)
FINAL = _event("completed", usage={"total_tokens": 100})
GOOD = (FIRST, SECOND, FINAL)

STREAMS = {
    "partial images and a completed one": stream(*GOOD),
    "a last [DONE]": stream(*GOOD, b"data: [DONE]\n\n"),
    "an event after [DONE]": stream(FIRST, b"data: [DONE]\n\n", FINAL),
    "CRLF throughout": stream(*(part.replace(b"\n", b"\r\n") for part in GOOD)),
    "CR throughout": stream(*(part.replace(b"\n", b"\r") for part in GOOD)),
    "mixed line endings in one chunk": stream(FIRST.replace(b"\n", b"\r\n") + SECOND + FINAL),
    "keep-alives": stream(FIRST, b": ping\n\n", SECOND, b"\n\n", FINAL),
    "a keep-alive after an id": stream(b"id: 7\n" + FIRST, b": ping\n\n", FINAL),
    "an id that is empty again": stream(b"id: 7\n" + FIRST, b"id\n" + SECOND, b": ping\n\n", FINAL),
    "a name alone": stream(FIRST, b"event: ping\n\n", FINAL),
    "a time alone": stream(b"retry: 3000\n\n", *GOOD),
    "a time that is none": stream(b"retry: soon\n\n", *GOOD),
    "no last blank line": stream(FIRST, SECOND, FINAL[:-1]),
    "no last line ending": stream(FIRST, SECOND, FINAL[:-2]),
    "an error in a payload": stream(FIRST, b'data: {"error": {"message": "no memory"}}\n\n', FINAL),
    "an error without a message": stream(FIRST, b'data: {"error": true}\n\n'),
    "an error that is null": stream(FIRST.replace(b'"b64_json"', b'"error": null, "b64_json"'), FINAL),
    "text": stream(FIRST, b"data: almost done\n\n", FINAL),
    "bytes that are no UTF-8": stream(FIRST, SECOND.replace(b"QUJD", b"\xff"), FINAL),
    "a byte order mark": stream(b"\xef\xbb\xbf" + FIRST, FINAL),
    "data on two lines": stream(FIRST.replace(b', "b64_json"', b',\ndata: "b64_json"'), FINAL),
    "another media type": stream(*GOOD, headers=(("content-type", "text/plain"), ("transfer-encoding", "chunked"))),
    "cut off": stream(FIRST, SECOND, ending=Ending.TRUNCATED),
    "nothing": stream(),
    "a refusal": answer("generation", 400, {"error": {"message": "no string"}}),
    "a failure": answer("generation", 500, {"error": {"message": "no memory"}}),
}
