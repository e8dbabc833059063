import asyncio

from reference_app.mailbox import Mailbox
from reference_app.schema import ErrorDetail, ErrorEvent, ErrorType, Picture, PreviewEvent

_PICTURE = Picture(url="data:image/jpeg;base64,", content_type="image/jpeg", width=8, height=8)
_ERROR = ErrorEvent(error=ErrorDetail(message="It broke.", type=ErrorType.INTERNAL_ERROR))


def _preview(step: int) -> PreviewEvent:
    return PreviewEvent(step=step, total_steps=9, progress=step / 9, image=_PICTURE)


def test_a_newer_preview_replaces_one_that_nobody_fetched() -> None:
    """A slow reader gets the latest preview and then the outcome, nothing else."""

    async def read_late() -> list[object]:
        mailbox = Mailbox()
        for step in range(1, 6):
            mailbox.put_preview(_preview(step))
        mailbox.put_outcome(_ERROR)
        await asyncio.sleep(0)
        return [await mailbox.take(), await mailbox.take()]

    assert asyncio.run(read_late()) == [_preview(5), _ERROR]


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
