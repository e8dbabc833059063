import asyncio

from PIL import Image

from reference_app.events import ErrorType
from reference_app.mailbox import Mailbox
from reference_app.outcome import Failure, Preview

_FAILURE = Failure(type=ErrorType.INTERNAL_ERROR, message="It broke.")


def _draw() -> Image.Image:
    return Image.new("RGB", (8, 8))


def _preview(step: int) -> Preview:
    return Preview(step=step, total_steps=9, draw=_draw)


def test_a_newer_preview_replaces_one_that_nobody_fetched() -> None:
    """A slow reader gets the latest preview and then the outcome, nothing else, and the others are counted."""

    async def read_late() -> list[object]:
        mailbox = Mailbox()
        for step in range(1, 6):
            mailbox.put_preview(_preview(step))
        mailbox.put_outcome(_FAILURE)
        await asyncio.sleep(0)
        return [await mailbox.take(), await mailbox.take(), mailbox.overtaken]

    assert asyncio.run(read_late()) == [_preview(5), _FAILURE, 4]


def test_giving_up_waiting_loses_nothing() -> None:
    """A reader that timed out still gets what arrives later."""

    async def time_out_then_read() -> object:
        mailbox = Mailbox()
        try:
            async with asyncio.timeout(0.01):
                await mailbox.take()
        except TimeoutError:
            mailbox.put_preview(_preview(1))
        return await mailbox.take()

    assert asyncio.run(time_out_then_read()) == _preview(1)


def test_who_wants_the_outcome_alone_gets_it() -> None:
    """Previews on the way are passed over."""

    async def read() -> object:
        mailbox = Mailbox()
        mailbox.put_preview(_preview(1))
        mailbox.put_outcome(_FAILURE)
        return await mailbox.take_outcome()

    assert asyncio.run(read()) == _FAILURE


def test_a_mailbox_whose_reader_is_gone_for_good_is_quiet() -> None:
    """A lane may outlive the event loop; what it leaves then is lost without an error."""

    async def make() -> Mailbox:
        return Mailbox()

    mailbox = asyncio.run(make())
    mailbox.put_outcome(_FAILURE)

    assert mailbox.outcome is None
