"""Stories that are right and unusual: what they show, and when."""

import random

from PIL import Image

from tests.end_to_end.servers.story import (
    SIDE,
    Beat,
    Story,
    final,
    media,
    painting,
    preview,
    snow,
    told,
    unfinished,
    usual,
)

HEARTBEAT_SECONDS = 0.3
LARGE_SIDE = 1152


def slow_first_event() -> Story:
    """Comments for longer than the stream may be silent, then everything as usual."""
    beats = (Beat(after_seconds=HEARTBEAT_SECONDS, comment="still loading"),) * 5
    return (*beats, *usual())


def one_step() -> Story:
    """The final picture only, after more than a second."""
    return usual(0, first_seconds=1.2)


def one_preview() -> Story:
    return usual(1, first_seconds=0.6, pause_seconds=0.6)


def cached() -> Story:
    """Everything at once."""
    return usual(first_seconds=0.0, pause_seconds=0.0)


def text_before_pictures() -> Story:
    messages = ("in the queue", "loading the model", "reading the prompt")
    progress = told(({"type": "progress", "message": message} for message in messages), pause_seconds=0.1)
    return (*progress, *usual(pause_seconds=0.25))


def two_pictures() -> Story:
    """Previews and the final each show a batch of two, as lists."""
    turns = (0, 40)
    shown = [
        {
            "type": "preview",
            "step": step,
            "total_steps": 4,
            "images": [media(unfinished(step / 5, turn=turn)) for turn in turns],
        }
        for step in range(1, 5)
    ]
    last = final(*(media(painting(turn=turn), quality=95) for turn in turns))
    return told([*shown, last])


def one_preview_of_two_pictures() -> Story:
    """Previews show the first picture of a batch of two."""
    last = final(*(media(painting(turn=turn), quality=95) for turn in (0, 40)))
    return (*usual()[:-1], Beat(payload=last))


def behind_urls() -> Story:
    """Pictures that were uploaded, as fal's File describes them."""
    folder = "https://cdn.example/files/rabbit"
    images = [
        {
            "url": f"{folder}/{name}.jpeg",
            "content_type": "image/jpeg",
            "file_name": f"{name}.jpeg",
            "file_size": 20_000,
            "width": SIDE,
            "height": SIDE,
        }
        for name in ("a1", "b2", "c3", "d4", "result")
    ]
    shown = [preview(step, 4, image) for step, image in enumerate(images[:-1], start=1)]
    return told([*shown, final(images[-1])])


def large_final() -> Story:
    """A final picture of more than 3 MB after previews of a few kilobytes."""
    grain = Image.frombytes("RGB", (LARGE_SIDE, LARGE_SIDE), random.Random(7).randbytes(3 * LARGE_SIDE**2))
    last = Image.blend(painting(LARGE_SIDE), grain, 0.3)
    return (*usual()[:-1], Beat(payload=final(media(last, image_format="PNG"))))


def noise_at_first() -> Story:
    """A first preview of pure noise, a little in the second, none from the third on."""
    shares = (1.0, 0.2, 0.0, 0.0)
    shown = [
        preview(step, 4, media(Image.blend(unfinished(step / 5), snow(), share)))
        for step, share in enumerate(shares, start=1)
    ]
    return told([*shown, final()])


def burst_after_cold_start() -> Story:
    """Five previews at 20 Hz after a wait."""
    return usual(5, first_seconds=2.0, pause_seconds=0.05)
