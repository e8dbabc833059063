"""SDXL through diffusers: the published weights on a GPU, and every smaller model of the same architecture."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL.Image import Image

from reference_app.pipelines.protocol import GenerationRequest, PipelineDefaults, draw_alone
from reference_app.pipelines.sdxl_denoising import SdxlDenoising, TextEmbeddings, UnetInput

SDXL_LOCATION = "stabilityai/stable-diffusion-xl-base-1.0"
TAESDXL_LOCATION = "madebyollin/taesdxl"
_PREVIEW_FOLDER = "taesdxl"
_SDXL_GUIDANCE_SCALE = 5.0
# Small tensors leave a device idle, so a few pictures in one pass cost little more than one. At 1024 pixels a GPU is
# busy with one or two; more would only make each of them late.
DEFAULT_MAX_BATCH = 4


class SdxlPipeline:
    """Draws with the parts of a `StableDiffusionXLPipeline` and previews with an `AutoencoderTiny`.

    Attributes:
        name: for people.
        lanes: how many threads may use it at once.
        max_batch: how many pictures may share a pass through the UNet.
    """

    def __init__(
        self,
        *,
        name: str,
        base: Any,
        preview_decoder: Any,
        guidance_scale: float,
        lanes: int = 1,
        max_batch: int = DEFAULT_MAX_BATCH,
    ) -> None:
        self.name = name
        self.lanes = lanes
        self.max_batch = max_batch
        self._base = base
        self._preview_decoder = preview_decoder
        self._guidance_scale = guidance_scale
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
        draw_alone(self, request, after_step=lambda denoising: _discard(denoising.preview(defaults.width)()))

    def compile(self) -> None:
        """Compile the network for this device, and pay for that now."""
        # Dynamic, because the number of pictures changes from step to step: one compilation serves all of them.
        self._base.unet.compile(dynamic=True)
        self.warm_up()

    def begin(self, request: GenerationRequest) -> SdxlDenoising:
        """Read the prompt, draw the noise, and make a scheduler for this request alone.

        diffusers keeps its position on the scheduler, so two requests in one corrupt each other.
        """
        import torch

        shared = self._base.scheduler
        scheduler = type(shared).from_config(shared.config)
        with torch.inference_mode():
            scheduler.set_timesteps(request.num_inference_steps, device=self._base.device)
            return SdxlDenoising(
                request,
                scheduler=scheduler,
                latents=self._noise(request) * scheduler.init_noise_sigma,
                text=self._read(request),
                decode_preview=lambda latents: self._decode(self._preview_decoder, latents),
                decode=lambda latents: self._decode(self._base.vae, latents),
            )

    def step(self, batch: Sequence[SdxlDenoising]) -> None:
        """One pass through the UNet for all of them, each at its own timestep; see `Pipeline.step`."""
        import torch

        with torch.inference_mode():
            inputs = [denoising.unet_input() for denoising in batch]
            rows = UnetInput.stacked(inputs)
            answer = self._base.unet(
                rows.latents,
                rows.timesteps,
                encoder_hidden_states=rows.text.states,
                added_cond_kwargs={"text_embeds": rows.text.pooled, "time_ids": rows.time_ids},
                return_dict=False,
            )[0]
            for denoising, part in zip(batch, answer.split([len(item.latents) for item in inputs]), strict=True):
                denoising.take_step(part)

    def _noise(self, request: GenerationRequest) -> Any:
        """Drawn on the CPU, so that a seed means the same picture on every device."""
        import torch

        unet, factor = self._base.unet, self._base.vae_scale_factor
        shape = (1, unet.config.in_channels, request.height // factor, request.width // factor)
        seeds = range(request.seed, request.seed + request.num_images)
        noise = [torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)) for seed in seeds]
        return torch.cat(noise).to(self._base.device, unet.dtype)

    def _read(self, request: GenerationRequest) -> TextEmbeddings:
        """The text embeddings, those of the negative prompt first."""
        import torch

        # A tokenizer keeps its padding and truncation on itself while it works: two at once mix their lengths.
        with self._tokenizers:
            states, no_states, pooled, no_pooled = self._base.encode_prompt(
                prompt=request.prompt,
                negative_prompt=request.negative_prompt or None,
                device=self._base.device,
                num_images_per_prompt=request.num_images,
                do_classifier_free_guidance=request.is_guided,
            )
        if not request.is_guided:
            return TextEmbeddings(states=states, pooled=pooled)
        return TextEmbeddings(states=torch.cat([no_states, states]), pooled=torch.cat([no_pooled, pooled]))

    def _decode(self, decoder: Any, latents: Any) -> list[Image]:
        import torch

        with torch.inference_mode():
            scaled = latents.to(decoder.device, decoder.dtype) / decoder.config.scaling_factor
            sample = decoder.decode(scaled).sample
        pictures: list[Image] = self._base.image_processor.postprocess(sample.float(), output_type="pil")
        return pictures


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
    for network in (base.unet, base.vae, decoder):
        # The order in which convolutions read fastest, on a CPU as on tensor cores.
        network.to(memory_format=torch.channels_last)
    if base.vae.config.force_upcast:
        # The published SDXL autoencoder overflows in half precision.
        base.vae.to(torch.float32)
    pipeline = SdxlPipeline(name=location, base=base, preview_decoder=decoder.to(device), guidance_scale=guidance_scale)
    pipeline.warm_up()
    return pipeline


def _discard(_image: Image) -> None:
    """Take a rendered preview and do nothing with it."""
