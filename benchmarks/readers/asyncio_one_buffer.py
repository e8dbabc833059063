"""The bare reader without what asyncio's ordinary protocol costs it: a fresh quarter of a megabyte for each read."""

import asyncio

from benchmarks.readers.asyncio_httptools import BareReader, reading_with
from benchmarks.readers.tally import run_asyncio

_BUFFER = memoryview(bytearray(65_536))


class _Protocol(BareReader, asyncio.BufferedProtocol):
    def get_buffer(self, sizehint: int) -> memoryview:
        return _BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        self.take(_BUFFER[:nbytes])


if __name__ == "__main__":
    run_asyncio(reading_with(_Protocol))
