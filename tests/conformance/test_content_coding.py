"""Content codings are undone chunk by chunk, and cannot be used as a weapon."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from conformance.core import Chunk
from conformance.stream import content_coding
from conformance.stream.content_coding import decode_content

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def cut(data: bytes, size: int) -> tuple[Chunk, ...]:
    return tuple(Chunk(at_ns=index, data=data[index : index + size]) for index in range(0, len(data), size))


def joined(chunks: tuple[Chunk, ...]) -> bytes:
    return b"".join(chunk.data for chunk in chunks)


@pytest.mark.parametrize("coding", ENCODERS)
@given(data=st.binary(max_size=500), size=st.integers(1, 60))
def test_each_coding_is_undone_however_it_was_cut(coding: str, data: bytes, size: int) -> None:
    """Encoding, cutting and decoding is identity."""
    body = decode_content(cut(ENCODERS[coding](data), size), (coding,))
    assert (joined(body.chunks), body.error) == (data, None)


def test_raw_deflate_is_undone_too() -> None:
    """Some servers send deflate without the zlib wrapper."""
    compress = zlib.compressobj(wbits=-15)
    body = decode_content(cut(compress.compress(b"data: x\n\n") + compress.flush(), 4), ("deflate",))
    assert joined(body.chunks) == b"data: x\n\n"


def test_codings_are_undone_in_reverse_order() -> None:
    """Two codings, the last applied first."""
    body = decode_content(cut(brotli.compress(gzip.compress(b"x" * 99)), 7), ("gzip", "br"))
    assert joined(body.chunks) == b"x" * 99


def test_a_flushed_event_comes_out_at_its_own_instant() -> None:
    """Each flush makes its bytes visible at the chunk that brought them."""
    compress = zlib.compressobj(wbits=31)
    pieces = [
        compress.compress(event) + compress.flush(zlib.Z_SYNC_FLUSH) for event in (b"data: 1\n\n", b"data: 2\n\n")
    ]
    chunks = tuple(Chunk(at_ns=index, data=piece) for index, piece in enumerate(pieces))
    assert decode_content(chunks, ("gzip",)).chunks == (
        Chunk(at_ns=0, data=b"data: 1\n\n"),
        Chunk(at_ns=1, data=b"data: 2\n\n"),
    )


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_decompression_bomb_ends_in_an_error(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Output past the limit is refused, and what was given out stays below it."""
    monkeypatch.setattr(content_coding, "_MOST_BYTES", 1_000_000)
    body = decode_content(cut(ENCODERS[coding](bytes(50_000_000)), 65536), (coding,))
    assert body.error is not None
    assert len(joined(body.chunks)) <= 1_000_000


@pytest.mark.parametrize("coding", [*ENCODERS, "unknown"])
def test_damage_is_an_error_and_not_an_exception(coding: str) -> None:
    """Bytes that are not what the header says are reported."""
    assert decode_content(cut(b"data: not compressed\n\n" * 3, 9), (coding,)).error is not None
