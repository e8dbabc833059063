"""Content codings, undone chunk by chunk so that instants survive.

Each wire chunk becomes the chunk of whatever a streaming decoder can give out once it is in, as a client
would see it. The output is bounded as a body on the wire is: a decompression bomb ends in an error, not in
exhausted memory.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from conformance.core import Chunk, StreamBounds, StreamMeter, StreamTooLargeError

__all__ = ["DecodedBody", "decode_content"]

_MOST_BYTES = StreamBounds().body_bytes
# No server applies more; each one is another pass over the body.
_MOST_CODINGS = 4
_SLICE_BYTES = 256
_ZLIB_WINDOW = {"gzip": 31, "x-gzip": 31}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedBody:
    """The body after its content codings were removed.

    Attributes:
        chunks: What each read gave, at the instant of that read.
        error: Why decoding stopped early, or None.
    """

    chunks: tuple[Chunk, ...]
    error: str | None = None


def decode_content(chunks: tuple[Chunk, ...], codings: tuple[str, ...]) -> DecodedBody:
    """Remove content codings, the last one applied first (RFC 9110, section 8.4)."""
    applied = [coding for coding in codings if coding != "identity"]
    if not applied:
        return DecodedBody(chunks=chunks)
    if len(applied) > _MOST_CODINGS:
        return DecodedBody(chunks=(), error=f"there are {len(applied)} content codings, one upon the other")
    body = DecodedBody(chunks=chunks)
    for coding in reversed(applied):
        if body.error is None:
            body = _remove(body.chunks, coding)
    return _measured(body)


def _measured(body: DecodedBody) -> DecodedBody:
    """The body up to the bound that it exceeds, if it does."""
    meter = StreamMeter(StreamBounds())
    for number, chunk in enumerate(body.chunks):
        try:
            meter.read(chunk.data)
        except StreamTooLargeError as error:
            return DecodedBody(chunks=body.chunks[:number], error=body.error or f"once decoded, {error}")
    return body


def _remove(chunks: tuple[Chunk, ...], coding: str) -> DecodedBody:
    decode = _decoder(coding)
    if decode is None:
        return DecodedBody(chunks=(), error=f"unknown content coding {coding!r}")
    decoded: list[Chunk] = []
    size = 0
    for chunk in chunks:
        try:
            data = decode(chunk.data)
        except Exception as error:
            return DecodedBody(chunks=tuple(decoded), error=f"the {coding} stream is damaged: {error}")
        size += len(data)
        if size > _MOST_BYTES:
            return DecodedBody(chunks=tuple(decoded), error=f"more than {_MOST_BYTES} bytes after {coding}")
        decoded.append(Chunk(at_ns=chunk.at_ns, data=data))
    return DecodedBody(chunks=tuple(decoded))


def _decoder(coding: str) -> Callable[[bytes], bytes] | None:
    if coding in _ZLIB_WINDOW:
        return _bounded_zlib(_ZLIB_WINDOW[coding])
    if coding == "deflate":
        return _deflate()
    if coding == "br":
        return _bounded_brotli()
    if coding == "zstd":
        return _bounded_zstandard()
    return None


def _bounded_zlib(window_bits: int) -> Callable[[bytes], bytes]:
    decompress = zlib.decompressobj(window_bits)
    return lambda data: decompress.decompress(data, _MOST_BYTES + 1)


def _bounded_brotli() -> Callable[[bytes], bytes]:
    import brotli

    decompressor = brotli.Decompressor()

    def decode(data: bytes) -> bytes:
        out: bytes = decompressor.process(data, output_buffer_limit=_MOST_BYTES + 1)
        return out

    return decode


def _bounded_zstandard() -> Callable[[bytes], bytes]:
    import zstandard

    decompress = zstandard.ZstdDecompressor(max_window_size=_MOST_BYTES).decompressobj().decompress

    def decode(data: bytes) -> bytes:
        out: list[bytes] = []
        size = 0
        # A block of 128 KiB can be spelled in four bytes, so small slices keep each step small.
        for start in range(0, len(data), _SLICE_BYTES):
            out.append(decompress(data[start : start + _SLICE_BYTES]))
            size += len(out[-1])
            if size > _MOST_BYTES:
                break
        return b"".join(out)

    return decode


def _deflate() -> Callable[[bytes], bytes]:
    # "deflate" means a zlib stream, but some servers send it raw (RFC 9110, section 8.4.1.2); two bytes tell.
    decompress: Callable[[bytes], bytes] | None = None
    start = b""

    def decode(data: bytes) -> bytes:
        nonlocal decompress, start
        if decompress is None:
            start += data
            if len(start) < 2:
                return b""
            is_zlib = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
            decompress = _bounded_zlib(15 if is_zlib else -15)
            data = start
        return decompress(data)

    return decode
