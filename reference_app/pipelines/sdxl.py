"""SDXL through diffusers: the published weights on a GPU, and every smaller model of the same architecture."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL.Image import Image

from reference_app.pipelines.clean_image import CleanImageEstimate
from reference_app.pipelines.protocol import GenerationRequest, PipelineDefaults, Step

SDXL_LOCATION = "stabilityai/stable-diffusion-xl-base-1.0"
TAESDXL_LOCATION = "madebyollin/taesdxl"
_PREVIEW_FOLDER = "taesdxl"
_SDXL_GUIDANCE_SCALE = 5.0


class SdxlPipeline:
    """Draws with a `StableDiffusionXLPipeline` and previews with an `AutoencoderTiny`.

    Attributes:
        name: for people.
        concurrency: how many generations may share the device.
    """

    def __init__(
        self, *, name: str, base: Any, preview_decoder: Any, guidance_scale: float, concurrency: int = 1
    ) -> None:
        self.name = name
        self.concurrency = concurrency
        self._base = base
        self._preview_decoder = preview_decoder
        self._guidance_scale = guidance_scale
        self._turns = threading.BoundedSemaphore(concurrency)
        self._tokenizers = threading.Lock()

    @property
    def defaults(self) -> PipelineDefaults:
        """The size the model was made for, and guidance that suits it."""
        side = self._base.default_sample_size * self._base.vae_scale_factor
        return PipelineDefaults(width=side, height=side, guidance_scale=self._guidance_scale)

    def warm_up(self) -> None:
        """Pay for first-use costs (kernels, memory pools) before the first request does."""
        defaults = self.defaults
        request = GenerationRequest(
            prompt="warm-up",
            negative_prompt="",
            num_inference_steps=2,
            width=defaults.width,
            height=defaults.height,
            guidance_scale=defaults.guidance_scale,
            seed=0,
        )
        self.generate(request, on_step=lambda step: _discard(step.render()))

    def generate(self, request: GenerationRequest, *, on_step: Callable[[Step], None]) -> Image:
        """Draw the picture; see `Pipeline.generate`."""
        with self._turns:
            latents = self._denoise(request, on_step=on_step)
            return self._decode(self._base.vae, latents)

    def _denoise(self, request: GenerationRequest, *, on_step: Callable[[Step], None]) -> Any:
        import torch

        pipe = self._pipe_of_this_request()
        estimate = CleanImageEstimate(pipe.scheduler)

        def after_step(_pipe: Any, index: int, _timestep: Any, _tensors: Any) -> dict[str, Any]:
            # Raising from here is how a generation is cancelled: it skips the remaining steps and the decoding,
            # whereas the pipeline's own interrupt flag skips only the steps.
            on_step(
                Step(
                    index=index,
                    total=request.num_inference_steps,
                    render=lambda: self._decode(self._preview_decoder, estimate.latents),
                )
            )
            return {}

        return pipe(
            **self._encode_prompts(pipe, request),
            num_inference_steps=request.num_inference_steps,
            width=request.width,
            height=request.height,
            guidance_scale=request.guidance_scale,
            # Noise is drawn on the CPU, so that a seed means the same picture on every device.
            generator=torch.Generator("cpu").manual_seed(request.seed),
            output_type="latent",
            callback_on_step_end=after_step,
        ).images

    def _encode_prompts(self, pipe: Any, request: GenerationRequest) -> dict[str, Any]:
        """The text embeddings, by the names of the pipeline's arguments."""
        import torch

        # A tokenizer keeps its padding and truncation on itself while it works: two at once mix their lengths.
        with self._tokenizers, torch.no_grad():
            embeddings = pipe.encode_prompt(
                prompt=request.prompt,
                negative_prompt=request.negative_prompt or None,
                device=pipe.device,
                do_classifier_free_guidance=request.guidance_scale > 1,
            )
        names = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
        return dict(zip(names, embeddings, strict=True))

    def _pipe_of_this_request(self) -> Any:
        """A pipeline object that shares the modules but nothing that a step changes.

        diffusers keeps the scheduler's position and the guidance scale on these objects, so two requests inside one of
        them corrupt each other. Building one costs a few milliseconds.
        """
        from diffusers import StableDiffusionXLPipeline

        shared = self._base.scheduler
        components = {**self._base.components, "scheduler": type(shared).from_config(shared.config)}
        pipe = StableDiffusionXLPipeline(**components, add_watermarker=False)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def _decode(self, decoder: Any, latents: Any) -> Image:
        import torch

        with torch.no_grad():
            scaled = latents.to(decoder.device, decoder.dtype) / decoder.config.scaling_factor
            sample = decoder.decode(scaled).sample
        image: Image = self._base.image_processor.postprocess(sample.float(), output_type="pil")[0]
        return image


def load_sdxl() -> SdxlPipeline:
    """SDXL base 1.0 in half precision, as published, with its tiny decoder."""
    return _load(SDXL_LOCATION, preview_location=TAESDXL_LOCATION, preview_folder=None, variant="fp16")


def load_location(location: str, *, guidance_scale: float = _SDXL_GUIDANCE_SCALE) -> SdxlPipeline:
    """A model folder or a hub name; previews come from its `taesdxl` folder, or else from the public one.

    Raises:
        OSError: nothing could be loaded from there.
    """
    own_decoder = not Path(location).is_dir() or (Path(location) / _PREVIEW_FOLDER).is_dir()
    if not own_decoder:
        return _load(location, preview_location=TAESDXL_LOCATION, guidance_scale=guidance_scale)
    return _load(location, preview_location=location, preview_folder=_PREVIEW_FOLDER, guidance_scale=guidance_scale)


def silence_libraries() -> None:
    """Keep notices about missing extras and progress bars out of the server's log. Errors still show."""
    import diffusers
    import transformers

    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def _load(
    location: str,
    *,
    preview_location: str,
    preview_folder: str | None = None,
    variant: str | None = None,
    guidance_scale: float = _SDXL_GUIDANCE_SCALE,
) -> SdxlPipeline:
    import torch

    silence_libraries()
    from diffusers import AutoencoderTiny, StableDiffusionXLPipeline

    device, dtype = ("cuda", torch.float16) if torch.cuda.is_available() else ("cpu", torch.float32)
    base = StableDiffusionXLPipeline.from_pretrained(location, dtype=dtype, variant=variant, add_watermarker=False)
    base.to(device)
    try:
        decoder = AutoencoderTiny.from_pretrained(preview_location, subfolder=preview_folder, dtype=dtype)
    except OSError:
        if preview_location == TAESDXL_LOCATION:
            raise
        decoder = AutoencoderTiny.from_pretrained(TAESDXL_LOCATION, dtype=dtype)
    if base.vae.config.force_upcast:
        # The published SDXL autoencoder overflows in half precision.
        base.vae.to(torch.float32)
    pipeline = SdxlPipeline(name=location, base=base, preview_decoder=decoder.to(device), guidance_scale=guidance_scale)
    pipeline.warm_up()
    return pipeline


def _discard(_image: Image) -> None:
    """Take a rendered preview and do nothing with it."""
