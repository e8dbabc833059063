"""Fetches pictures behind http(s) URLs while the stream that names them is still being recorded."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Lock
from urllib.parse import urldefrag

from conformance.core import ServerSentEvent, Transcript
from conformance.probing.endpoint import Endpoint
from conformance.probing.picture_fetching import MOST_PICTURES, PICTURE_FETCH, PictureFetching, picture_request
from conformance.probing.reach import Reach
from conformance.recorders import Recorder, RecordingLimits

__all__ = ["PictureFetcher"]

_AT_ONCE = 4
_MOST_BYTES = 128 * 1024 * 1024
_PICTURE_BYTES = 32 * 1024 * 1024
_SILENCE_SECONDS = 20.0
_PICTURE_SECONDS = 30.0
_REDIRECTS = 5


class PictureFetcher:
    """The fetches of one generation: in order of arrival, a few at once, bounded in number, bytes and time."""

    def __init__(self, fetching: PictureFetching, endpoint: Endpoint, recorder: Recorder) -> None:
        """Nothing is sent yet.

        Args:
            fetching: What the user allowed.
            endpoint: The endpoint; its secrets are masked, and never sent.
            recorder: Records the generation; each fetch goes to a sibling.
        """
        self._fetching = fetching
        self._endpoint = endpoint
        self._recorder = recorder
        self._reach = Reach(endpoint_url=endpoint.url, further_hosts=fetching.further_hosts)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="picture-urls")
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix=PICTURE_FETCH)
        self._lock = Lock()
        self._recorders: list[Recorder] = []
        self._running: list[Future[Transcript | None]] = []
        self._seen: set[str] = set()
        self._refusals: list[str] = []
        self._bytes = 0

    def on_events(self, events: Sequence[ServerSentEvent]) -> None:
        """Look for pictures in events that have just arrived; returns at once."""
        self._reader.submit(self._look, tuple(events))

    def finish(self) -> tuple[Transcript, ...]:
        """What was fetched, in the order in which it was asked for; waits for what is on its way.

        Ctrl-C ends all of it and is left on the recorder.
        """
        try:
            if self._recorder.interrupted:
                self._give_up()
            self._reader.shutdown()
            wait(self._running, timeout=_PICTURE_SECONDS)
            # What has not begun by now would come long after its event.
            self._threads.shutdown(cancel_futures=True)
        except KeyboardInterrupt:
            self._recorder.interrupted = True
            self._give_up()
            self._threads.shutdown(cancel_futures=True)
        fetched = (future.result() for future in self._running if not future.cancelled())
        return tuple(transcript for transcript in fetched if transcript is not None)

    @property
    def why_none(self) -> str:
        """Why nothing was fetched."""
        return next(iter(self._refusals), "no event shows a picture behind an http(s) URL")

    def _look(self, events: Sequence[ServerSentEvent]) -> None:
        if len(self._seen) >= MOST_PICTURES:
            return
        for url in self._fetching.urls(events):
            self._take(urldefrag(url).url)

    def _take(self, url: str) -> None:
        if url in self._seen or len(self._seen) >= MOST_PICTURES:
            return
        self._seen.add(url)
        refusal = self._reach.refusal(url)
        if refusal is not None:
            self._refusals.append(refusal)
            return
        # Where the generation came from, and not where its name may lead to by now.
        reach = replace(self._reach, endpoint_address=self._recorder.address)
        self._running.append(self._threads.submit(self._fetch, url, reach))

    def _fetch(self, url: str, reach: Reach) -> Transcript | None:
        recorder = self._recorder.sibling(_limits(self._recorder.limits))
        with self._lock:
            if self._bytes > _MOST_BYTES or self._recorder.interrupted:
                return None
            self._recorders.append(recorder)
        fetched = recorder.record(PICTURE_FETCH, picture_request(url), secrets=self._endpoint.secrets, reach=reach)
        with self._lock:
            self._bytes += len(fetched.body)
        return fetched

    def _give_up(self) -> None:
        with self._lock:
            for recorder in self._recorders:
                recorder.give_up()


def _limits(usual: RecordingLimits) -> RecordingLimits:
    """The user's own, but tighter; a picture has lines and braces by chance, which are not counted."""
    return replace(
        usual,
        silence_seconds=min(usual.silence_seconds, _SILENCE_SECONDS),
        total_seconds=min(usual.total_seconds, _PICTURE_SECONDS),
        redirects=_REDIRECTS,
        body_bytes=_PICTURE_BYTES,
        lines=_PICTURE_BYTES,
        json_marks=_PICTURE_BYTES,
    )
