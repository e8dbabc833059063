"""Figures for the model card: how well the model reads, draws and decodes."""

import random
from dataclasses import replace
from typing import Any

from reference_app.training.architecture import LATENT_SIDE, NATIVE_SIDE, SCALING_FACTOR
from reference_app.training.captions import caption_of
from reference_app.training.decoder_stage import reduced
from reference_app.training.denoiser_stage import DenoisingLoss
from reference_app.training.drawing import draw
from reference_app.training.pictures import to_pixels, to_signed
from reference_app.training.scenes import Colour, Scene, Shape, ShapeScene, draw_scene
from reference_app.training.text_stage import TextReader

_COUNT = 96
_TIMESTEPS = (600, 900)


def peak_signal_to_noise(decoder: Any, pictures: Any) -> float:
    """Decibels between pictures, a byte tensor, and what the decoder makes of them reduced eight times."""
    import torch

    with torch.no_grad():
        errors = [
            (decoder.decode(reduced(pixels)).sample.clamp(-1, 1) - pixels).square().mean()
            for pixels in (to_signed(picture).unsqueeze(0) for picture in pictures)
        ]
    # Signed pixels span 2, hence 4 for the squared peak.
    return float(10 * torch.log10(4 / torch.stack(errors).mean()))


def caption_swap_losses(unet: Any, reader: TextReader, *, seed: int) -> dict[str, float]:
    """The denoising loss on pictures of one shape with the right caption, a wrong shape's and a wrong colour's.

    A model that ignores captions has the same loss three times: noise and timesteps (600 to 900) do not change.
    """
    import torch

    chance = random.Random(seed)
    scenes = [_single_shape(chance) for _ in range(_COUNT)]
    reduction = NATIVE_SIDE // LATENT_SIDE
    pixels = torch.stack([to_pixels(draw(scene, chance, side=NATIVE_SIDE).reduce(reduction)) for scene in scenes])
    generator = torch.Generator().manual_seed(seed)
    latents = to_signed(pixels) * SCALING_FACTOR
    noise = torch.randn(latents.shape, generator=generator)
    timesteps = torch.randint(*_TIMESTEPS, (_COUNT,), generator=generator)
    said = {
        "right": scenes,
        "wrong_shape": [_with(scene, shape=_other(scene.figures[0].shape, chance)) for scene in scenes],
        "wrong_colour": [_with(scene, colour=_other(scene.figures[0].colour, chance)) for scene in scenes],
    }
    loss_of = DenoisingLoss()
    with torch.no_grad():
        return {
            name: loss_of(unet, latents, noise, timesteps, reader.read(_captions(described, seed))).mean().item()
            for name, described in said.items()
        }


def _captions(scenes: list[ShapeScene], seed: int) -> list[str]:
    return [caption_of(scene, random.Random(seed)) for scene in scenes]


def _single_shape(chance: random.Random) -> ShapeScene:
    scene: Scene = draw_scene(chance)
    while not isinstance(scene, ShapeScene) or len(scene.figures) > 1:
        scene = draw_scene(chance)
    return scene


def _with(scene: ShapeScene, **changes: Any) -> ShapeScene:
    return replace(scene, figures=(replace(scene.figures[0], **changes),))


def _other(member: Shape | Colour, chance: random.Random) -> Shape | Colour:
    return chance.choice([other for other in type(member) if other is not member])
