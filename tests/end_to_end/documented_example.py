"""An app of the shape that fal's documentation shows for streaming SDXL, with a pipeline that only sleeps.

Previews and the final picture have one shape, `{"image": {"url", "content_type"}}`; the generator is a plain
function that is fed from a queue by the pipeline's thread; there is no step, no marker, no Cache-Control.
"""

import base64
import io
import json
import queue
import threading
from collections.abc import Iterator

import fal
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from reference_app.pipelines.protocol import GenerationRequest, draw_alone
from reference_app.pipelines.simulated import SimulatedDenoising, SimulatedPipeline


class Input(BaseModel):
    prompt: str = Field(description="What the picture should show.")
    num_inference_steps: int = Field(default=20, ge=1, le=50)
    width: int = 512
    height: int = 512
    seed: int | None = None


class DocumentedExample(fal.App):
    def setup(self) -> None:
        self.pipeline = SimulatedPipeline(step_seconds=0.06)

    @fal.endpoint("/stream")
    def stream(self, body: Input) -> StreamingResponse:
        return StreamingResponse(self._events(body), media_type="text/event-stream")

    def _events(self, body: Input) -> Iterator[str]:
        events: queue.Queue[str | None] = queue.Queue()

        def after_step(denoising: SimulatedDenoising) -> None:
            if (denoising.steps_done - 1) % 5 == 0:
                events.put(_event(denoising.preview(body.width)(), quality=70))

        def work() -> None:
            request = GenerationRequest(
                prompt=body.prompt,
                negative_prompt="",
                num_inference_steps=body.num_inference_steps,
                width=body.width,
                height=body.height,
                guidance_scale=5.0,
                seed=body.seed or 1,
            )
            [picture] = draw_alone(self.pipeline, request, after_step=after_step)
            events.put(_event(picture, quality=95))
            events.put(None)

        thread = threading.Thread(target=work)
        thread.start()
        while (item := events.get()) is not None:
            yield item
        thread.join()


def _event(image: object, *, quality: int) -> str:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)  # type: ignore[attr-defined]
    url = f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
    return f"data: {json.dumps({'image': {'url': url, 'content_type': 'image/jpeg'}})}\n\n"
