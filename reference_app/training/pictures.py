"""Captioned pictures, drawn from a seed whenever they are needed: nothing is stored."""

import random
from dataclasses import dataclass
from typing import Any

from PIL.Image import Image

from reference_app.training.architecture import LATENT_SIDE, NATIVE_SIDE
from reference_app.training.captions import caption_of
from reference_app.training.drawing import draw
from reference_app.training.scenes import Scene, draw_scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnails:
    """Many scenes.

    Attributes:
        scenes: what is shown.
        captions: what is said, one caption a scene.
        pixels: a byte tensor of shape (scenes, 3, 32, 32): the pictures at the size of latents.
    """

    scenes: list[Scene]
    captions: list[str]
    pixels: Any


def draw_thumbnails(count: int, *, seed: int) -> Thumbnails:
    """Draw `count` pictures and keep them at the size of latents."""
    import torch

    chance = random.Random(seed)
    scenes = [draw_scene(chance) for _ in range(count)]
    reduction = NATIVE_SIDE // LATENT_SIDE
    pixels = torch.stack([to_pixels(draw(scene, chance, side=NATIVE_SIDE).reduce(reduction)) for scene in scenes])
    return Thumbnails(scenes=scenes, captions=[caption_of(scene, chance) for scene in scenes], pixels=pixels)


def draw_pictures(count: int, *, seed: int) -> Any:
    """A byte tensor of shape (count, 3, 256, 256), with smooth edges."""
    import torch

    chance = random.Random(seed)
    return torch.stack(
        [to_pixels(draw(draw_scene(chance), chance, side=2 * NATIVE_SIDE).reduce(2)) for _ in range(count)]
    )


def to_pixels(picture: Image) -> Any:
    """A byte tensor of shape (3, height, width)."""
    import torch

    flat = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return flat.view(picture.height, picture.width, 3).permute(2, 0, 1).contiguous()


def to_signed(pixels: Any) -> Any:
    """Bytes as numbers from -1 to 1, which is what both the autoencoder and the latents use."""
    return pixels.float() / 127.5 - 1
