"""The app that a reader of docs/how-to/test-your-app.md has: it blurs a picture less and less."""

import base64
import io
import json
import time
from collections.abc import Iterator

import fal
from fastapi.responses import StreamingResponse
from PIL import Image, ImageFilter
from pydantic import BaseModel

_STEPS = 6


class Input(BaseModel):
    """What the app takes."""

    prompt: str


class MyApp(fal.App):
    """Streams previews, then the picture."""

    @fal.endpoint("/stream")
    def stream(self, request: Input) -> StreamingResponse:
        """Stream it."""
        head = {"Cache-Control": "no-cache, no-transform"}
        return StreamingResponse(self._events(), media_type="text/event-stream", headers=head)

    def _events(self) -> Iterator[str]:
        picture = Image.radial_gradient("L").convert("RGB")
        for step in range(_STEPS):
            time.sleep(0.2)
            blurred = picture.filter(ImageFilter.GaussianBlur(2 * (_STEPS - step)))
            yield f"data: {json.dumps({'image': _media(blurred, quality=60)})}\n\n"
        yield f"data: {json.dumps({'final': True, 'images': [_media(picture, quality=95)]})}\n\n"


def _media(picture: Image.Image, *, quality: int) -> dict[str, object]:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    url = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
    return {"url": url, "content_type": "image/jpeg", "width": picture.width, "height": picture.height}
