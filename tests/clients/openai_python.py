"""The real openai package, asked over a real socket for a stream of pictures."""

from dataclasses import dataclass
from importlib.metadata import version

import openai

from conformance.stream.payload import Json

__all__ = ["VERSION", "OpenAiReading", "ask_with_openai"]

_PATIENCE_SECONDS = 20.0

VERSION = version("openai")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAiReading:
    """What the client delivers of a stream, and the name of what it raises then; empty for nothing."""

    events: tuple[Json, ...]
    error: str


def ask_with_openai(url: str) -> OpenAiReading:
    """Let the client ask an endpoint once, as its documentation shows."""
    events: list[Json] = []
    error = ""
    with openai.OpenAI(api_key="no-key", base_url=url, max_retries=0, timeout=_PATIENCE_SECONDS) as client:
        try:
            for event in client.images.generate(model="gpt-image-1", prompt="a red disc", stream=True):
                events.append(event.model_dump(exclude_unset=True))  # noqa: PERF401 - those before an error are kept
        except Exception as raised:
            error = type(raised).__name__
    return OpenAiReading(events=tuple(events), error=error)
