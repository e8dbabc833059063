"""One request inside SDXL: its noise, its text, its scheduler. The networks are shared; nothing here is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL.Image import Image

from reference_app.pipelines.clean_image import clean_image
from reference_app.pipelines.protocol import GenerationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEmbeddings:
    """What the text encoders say of prompts, a row for each picture.

    Attributes:
        states: rows x tokens x width.
        pooled: rows x width.
    """

    states: Any
    pooled: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class UnetInput:
    """Rows of one pass through the UNet.

    Attributes:
        latents: rows x channels x height x width.
        timesteps: one for each row.
        text: one row each.
        time_ids: rows x 6, SDXL's size conditioning: original size, crop, target size.
    """

    latents: Any
    timesteps: Any
    text: TextEmbeddings
    time_ids: Any

    @classmethod
    def stacked(cls, parts: "list[UnetInput]") -> "UnetInput":
        """The rows of all parts, one after another."""
        import torch

        return cls(
            latents=torch.cat([part.latents for part in parts]),
            timesteps=torch.cat([part.timesteps for part in parts]),
            text=TextEmbeddings(
                states=torch.cat([part.text.states for part in parts]),
                pooled=torch.cat([part.text.pooled for part in parts]),
            ),
            time_ids=torch.cat([part.time_ids for part in parts]),
        )


class SdxlDenoising:
    """The pictures of one request between two steps. They have the same step and share a scheduler."""

    def __init__(
        self,
        request: GenerationRequest,
        *,
        scheduler: Any,
        latents: Any,
        text: TextEmbeddings,
        decode_preview: Callable[[Any], list[Image]],
        decode: Callable[[Any], list[Image]],
    ) -> None:
        """Begin.

        Args:
            request: what to draw.
            scheduler: one of its own, with its timesteps set.
            latents: noise, a row for each picture.
            text: a row for each picture; where the request is guided, as many for the negative prompt come first.
            decode_preview: small latents to pictures, from any thread.
            decode: latents to finished pictures.
        """
        self._request = request
        self._scheduler = scheduler
        self._latents = latents
        self._clean = latents
        self._text = text
        self._decode_preview = decode_preview
        self._decode = decode
        self._steps_done = 0

    @property
    def request(self) -> GenerationRequest:
        """What is drawn."""
        return self._request

    @property
    def steps_done(self) -> int:
        """Denoising steps done."""
        return self._steps_done

    def unet_input(self) -> UnetInput:
        """What the UNet is asked for the next step."""
        import torch

        timestep = self._scheduler.timesteps[self._steps_done]
        once = self._scheduler.scale_model_input(self._latents, timestep)
        latents = torch.cat([once, once]) if self._request.is_guided else once
        rows = len(latents)
        height, width = self._request.height, self._request.width
        size = torch.tensor([height, width, 0, 0, height, width], device=latents.device, dtype=latents.dtype)
        return UnetInput(
            latents=latents, timesteps=timestep.expand(rows), text=self._text, time_ids=size.expand(rows, -1)
        )

    def take_step(self, answer: Any) -> None:
        """Go on by what the UNet answered to `unet_input`."""
        if self._request.is_guided:
            without, with_prompt = answer.chunk(2)
            answer = without + self._request.guidance_scale * (with_prompt - without)
        output = self._scheduler.step(answer, self._scheduler.timesteps[self._steps_done], self._latents)
        self._latents = output.prev_sample.to(self._latents.dtype)
        self._clean = clean_image(self._scheduler, output)
        self._steps_done += 1

    def preview(self, longest_side: int) -> Callable[[], Image]:
        """Take the clean estimate of the first picture; the result decodes it."""
        from torch.nn.functional import avg_pool2d

        latents = self._clean[:1]
        side = max(self._request.height, self._request.width)
        # Half the side is a quarter of the decoding, which is what a preview costs.
        while side >= 2 * longest_side:
            latents, side = avg_pool2d(latents, 2, ceil_mode=True), side // 2
        return lambda: self._decode_preview(latents)[0]

    def finish(self) -> list[Image]:
        """The finished pictures."""
        return self._decode(self._latents)
