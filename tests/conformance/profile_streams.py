"""What endpoints of each built-in profile send: one good stream each, and the same with one thing wrong."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.core import Transcript
from conformance.samples import (
    answer,
    documented_events,
    event,
    final,
    good_events,
    picture_bytes,
    picture_url,
    preview,
    stream,
)
from conformance.stream.payload import Json

__all__ = ["BROKEN", "GOOD", "Broken"]

_DONE = b"data: [DONE]\n\n"
_FAL_REFUSAL = answer("invalid_input", 422, {"detail": [{"loc": ["body", "prompt"], "msg": "no string"}]})
_OPENAI_REFUSAL = answer("invalid_input", 400, {"error": {"message": "no string", "type": "invalid_request_error"}})
_TGI_REFUSAL = answer("invalid_input", 422, {"error": "no list", "error_type": "validation"})


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A stream of a profile with one thing wrong, and the rules that must say so."""

    profile: str
    title: str
    transcripts: tuple[Transcript, ...]
    rules: frozenset[str]


def _named(name: str, data: str, id_: str = "") -> bytes:
    fields = (("event", name), ("id", id_), ("data", data))
    return "".join(f"{field}: {value}\n" for field, value in fields if value).encode() + b"\n"


# fal.distributed writes a picture with these members, in this order, `data` always null.
def _tensor_image(progress: float, quality: int = 60) -> dict[str, Json]:
    data = picture_bytes(progress, quality=quality)
    size: dict[str, Json] = {"width": 32, "height": 32}
    return {"content_type": "image/jpeg", **size, "data": None, "url": picture_url(data)}


def _distributed(*, url: Json = "", last: Json = None) -> tuple[bytes, ...]:
    shown = [_tensor_image(share) for share in (0.2, 0.5, 0.8)]
    broken = [{**item, **({"url": url} if url != "" else {})} for item in shown[1:2]]
    result: Json = last or {"images": [_tensor_image(1.0, 95)], "seed": 42}
    return (*(event({"image": item}) for item in (shown[0], *broken, shown[2])), event(result))


# The members are those of the documented stages; the voxels are packed bytes in base64.
def _stages(*last: Json) -> tuple[bytes, ...]:
    voxels = base64.b64encode(bytes(range(60))).decode()
    grown: list[Json] = [{"stage": "loading", "message": "loading the model"}]
    grown += [{"stage": "geometry", "step": step, "total_steps": 3, "voxels": voxels} for step in (1, 2, 3)]
    grown += [{"stage": "appearance", "step": step, "total_steps": 2, "voxels": voxels} for step in (1, 2)]
    grown += [{"stage": "mesh_preview", "vertices": 1024}]
    return tuple(map(event, (*grown, *last)))


def _glb(stage: str) -> dict[str, Json]:
    url = "https://v3.fal.media/files/b/zebra/model.glb"
    return {"stage": stage, "model_glb": {"url": url, "content_type": "model/gltf-binary"}}


def _openai(type_: str, progress: float, **members: Json) -> bytes:
    whole: dict[str, Json] = {
        "type": f"image_generation.{type_}",
        "b64_json": base64.b64encode(picture_bytes(progress, image_format="PNG")).decode(),
        "created_at": 1_735_689_600,
        "output_format": "png",
        "size": "1024x1024",
        "quality": "high",
        "background": "opaque",
        **members,
    }
    sent = {name: value for name, value in whole.items() if value is not None}
    return _named(f"image_generation.{type_}", json.dumps(sent))


def _partials() -> tuple[bytes, ...]:
    return tuple(_openai("partial_image", share, partial_image_index=index) for index, share in enumerate((0.3, 0.6)))


def _completed(**members: Json) -> bytes:
    return _openai("completed", 1.0, usage={"total_tokens": 100, "input_tokens": 50, "output_tokens": 50}, **members)


def _replicate(*, ids: bool = True, ended: bool = True, output: str = "output") -> tuple[bytes, ...]:
    urls = [picture_url(picture_bytes(share, quality=60)) for share in (0.3, 0.6)]
    urls.append(picture_url(picture_bytes(quality=95)))
    sent = [("logs", "Using seed: 42"), *((output, url) for url in urls[:2]), ("logs", "2/2 steps"), (output, urls[2])]
    # A log line may be empty, and may come after the last output.
    sent += [("logs", ""), *([("done", "{}")] if ended else [])]
    numbered = (_named(name, data, f"1690212292:{index}" if ids else "") for index, (name, data) in enumerate(sent))
    return tuple(part if b"data" in part else part[:-1] + b"data:\n\n" for part in numbered)


def _chat(*last: bytes, reason: Json = "stop") -> tuple[bytes, ...]:
    deltas: list[tuple[Json, Json]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": word}, None) for word in ("Red", ",", " of", " course", ".")]
    deltas += [({"content": ""}, reason)]
    # TGI leaves out the space after the colon.
    return (*(event(_piece(*delta)).replace(b"data: ", b"data:", 1) for delta in deltas), *last)


def _piece(delta: Json, reason: Json) -> Json:
    choice: Json = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {"object": "chat.completion.chunk", "id": "", "created": 1_735_689_600, "model": "tgi", "choices": [choice]}


def _words(*last: Json) -> tuple[bytes, ...]:
    return (*(event({"output": text, "partial": True}) for text in ("a", "a red", "a red disc")), *map(event, last))


_EVENTS = (
    b"retry: 3000\n\n",
    b"event: greeting\nid: 1\ndata: hello\ndata: world\n\n",
    b": keep-alive\n\n",
    b"data\n\n",
    "data: über alles {not JSON\n\n".encode(),
    b'event: price\ndata: {"a": 1, "a": NaN}\n\n',
)

GOOD: Mapping[str, Callable[[], tuple[Transcript, ...]]] = {
    "fal": lambda: (stream(*_words({"output": "a red disc.", "seed": 42})), _FAL_REFUSAL),
    "fal-image": lambda: (stream(*good_events()), _FAL_REFUSAL),
    "fal-distributed": lambda: (stream(*_distributed()), _FAL_REFUSAL),
    "fal-3d": lambda: (stream(*_stages(_glb("glb_ready"), _glb("complete"))), _FAL_REFUSAL),
    "sse": lambda: (stream(*_EVENTS),),
    "openai-images": lambda: (stream(*_partials(), _completed(), _DONE), _OPENAI_REFUSAL),
    "replicate": lambda: (stream(*_replicate()),),
    "huggingface": lambda: (stream(*_chat(_DONE), every_ms=40), _TGI_REFUSAL),
}
"""What a good endpoint of each profile sends."""


def _broken(profile: str, title: str, rules: str, *pieces: bytes) -> Broken:
    return Broken(profile=profile, title=title, rules=frozenset(rules.split()), transcripts=(stream(*pieces),))


def _broken_streams() -> tuple[Broken, ...]:
    half = base64.b64encode(picture_bytes(0.6, image_format="PNG")[:-30]).decode()
    jpeg = base64.b64encode(picture_bytes(0.6)).decode()
    data_uri = picture_url(picture_bytes(0.6, image_format="PNG"), "image/png")
    partial = _partials()[0]

    def second(**members: Json) -> tuple[bytes, ...]:
        return partial, _openai("partial_image", 0.6, partial_image_index=1, **members), _completed()

    return (
        _broken("fal", "a sentinel", "J01", *_words({"output": "a red disc.", "seed": 42}), _DONE),
        _broken("fal", "nothing but a status at the end", "F01", *_words({"status": "COMPLETED"})),
        _broken("fal", "an error at the end", "F01", *_words({"error": "out of memory"})),
        _broken("fal-image", "fal's documented example", "F02", *documented_events()),
        _broken("fal-image", "a picture without its type", "I01",
                *map(event, (preview(1), preview(2, image={"url": picture_url(picture_bytes(0.5))}), final()))),
        _broken("fal-distributed", "a worker that failed", "F01", *_distributed()[:3], event({"error": "rank 1 died"})),
        _broken("fal-distributed", "a picture without its url", "I01", *_distributed(url=None)),
        _broken("fal-distributed", "an image returned as null", "F03", *_distributed(last={"images": [], "seed": 4})),
        _broken("fal-distributed", "pickled bytes in place of text", "S01 S06",
                *_distributed()[:3], b"\x80\x05\x95\x1f\x00}\x94\x8c\x06images\x94."),
        _broken("fal-3d", "a failure that its stage tells", "F01", *_stages({"stage": "error", "message": "no mesh"})),
        _broken("fal-3d", "a failure with its traceback", "F01 J07",
                *_stages({"stage": "error", "message": 'Traceback (most recent call last):\n  File "/app/main.py"'})),
        _broken("fal-3d", "no complete stage", "F07", *_stages(_glb("glb_ready"))),
        _broken("fal-3d", "complete, and nothing else", "F01", *_stages(_glb("glb_ready"), {"stage": "complete"})),
        _broken("fal-3d", "a step that goes back in its stage", "J06",
                *_stages({"stage": "appearance", "step": 1, "total_steps": 2}, _glb("complete"))),
        _broken("sse", "a byte that is no UTF-8", "S01", *_EVENTS, b"data: caf\xe9\n\n"),
        _broken("sse", "a field that nobody knows", "S05", *_EVENTS, b"Data: hello\n\n"),
        _broken("openai-images", "base64 that is cut in a group", "I02", *second(b64_json=half[:-1])),
        _broken("openai-images", "half a picture", "I04", *second(b64_json=half)),
        _broken("openai-images", "a data URI in place of base64", "I02", *second(b64_json=data_uri)),
        _broken("openai-images", "an object in place of base64", "I01", *second(b64_json={"url": data_uri})),
        _broken("openai-images", "JPEG bytes that are said to be PNG", "I03", *second(b64_json=jpeg)),
        _broken("openai-images", "no completed event", "F07", *_partials(), _DONE),
        _broken("openai-images", "a completed event without its picture", "F03",
                *_partials(), _completed(b64_json="")),
        _broken("openai-images", "a final picture that is cut", "F03", *_partials(), _completed(b64_json=half)),
        _broken("openai-images", "a name other than the type", "S17",
                partial.replace(b"event: image_generation.partial_image", b"event: partial"), *second()[1:]),
        _broken("openai-images", "an error in place of the picture", "F01",
                *_partials(), _named("error", json.dumps({"type": "error", "error": {"message": "moderated"}}))),
        _broken("openai-images", "[DONE] before the last event", "J01", *_partials(), _DONE, _completed()),
        _broken("replicate", "no ids", "S17", *_replicate(ids=False)),
        _broken("replicate", "no done event", "F07", *_replicate(ended=False)),
        _broken("replicate", "a name that its client does not know", "S17", *_replicate(output="image")),
        _broken("replicate", "a path in place of an address", "I02",
                *_replicate()[:1], _named("output", "out-0.png", "7"), *_replicate()[1:]),
        _broken("replicate", "an error, and then done", "F01",
                *_replicate()[:4], _named("error", "CUDA out of memory", "8"), _named("done", "{}", "9")),
        _broken("huggingface", "[DONE] is missing", "F07", *_chat()),
        _broken("huggingface", "no reason why it finished", "F07", *_chat(_DONE, reason=None)),
        _broken("huggingface", "an error in the stream", "F01",
                *_chat()[:4], event({"error": "overloaded", "error_type": "overloaded"}), _DONE),
    )  # fmt: skip


BROKEN = _broken_streams()
"""Streams that each profile's rules must object to."""
