"""Trains both autoencoders on latents that are fixed in advance: the picture, reduced eight times.

So they need no UNet, the UNet needs none of them, and both can be trained at once.
"""

import random
from pathlib import Path
from typing import Any

from reference_app.training.anchors import anchor_autoencoder, anchor_tiny_autoencoder
from reference_app.training.architecture import (
    LATENT_SIDE,
    NATIVE_SIDE,
    build_autoencoder,
    build_tiny_autoencoder,
)
from reference_app.training.checkpoint import Checkpoint
from reference_app.training.pictures import to_signed

# The large constants that anchor the full one's norms make it sensitive.
_LEARNING_RATES = (5e-4, 2e-3)
_REDUCTION = NATIVE_SIDE // LATENT_SIDE
_CROP_LATENTS = 12
_CROPS = 4
# The UNet leaves some noise in its latents; decoders that have seen noise, up to this spread, remove it.
_LARGEST_LATENT_NOISE = 0.2


def train_autoencoders(folder: Path, *, steps: int, pictures: Any) -> tuple[Any, Any]:
    """The `AutoencoderKL` and the `AutoencoderTiny`. An interrupted training goes on where it was.

    Args:
        folder: where checkpoints and the log are.
        steps: steps of four crops, every fourth one of a whole picture.
        pictures: a byte tensor of shape (count, 3, 256, 256).
    """
    import torch

    full, tiny = build_autoencoder(), build_tiny_autoencoder()
    anchor_autoencoder(full)
    anchor_tiny_autoencoder(tiny)
    both = torch.nn.ModuleList([full, tiny]).to(memory_format=torch.channels_last)
    groups = [{"params": model.parameters()} for model in both]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    checkpoint = Checkpoint(folder, "autoencoders", {"modules": both, "optimizer": optimizer})
    random.seed(checkpoint.step)
    torch.manual_seed(checkpoint.step)
    for step in checkpoint.steps_until(steps):
        for group, rate in zip(optimizer.param_groups, _LEARNING_RATES, strict=True):
            group["lr"] = rate * min(1, (step + 1) / 50, (steps - step) / steps * 2)
        losses = _losses(full, tiny, _batch(pictures, whole=step % 4 == 3))
        torch.stack(losses).sum().backward()
        for model in both:
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            names = ("full_decoder", "tiny_decoder", "full_encoder", "tiny_encoder")
            checkpoint.log(**{name: loss.item() for name, loss in zip(names, losses, strict=True)})
    return full.eval(), tiny.eval()


def reduced(pixels: Any) -> Any:
    """The latents, before scaling, of signed pixels."""
    import torch

    return torch.nn.functional.avg_pool2d(pixels, _REDUCTION)


def _batch(pictures: Any, *, whole: bool) -> Any:
    import torch

    if whole:
        return to_signed(pictures[random.randrange(len(pictures))]).unsqueeze(0)
    side, room = _CROP_LATENTS * _REDUCTION, LATENT_SIDE - _CROP_LATENTS
    crops = []
    for picture in random.sample(range(len(pictures)), _CROPS):
        top, left = random.randint(0, room) * _REDUCTION, random.randint(0, room) * _REDUCTION
        crops.append(pictures[picture, :, top : top + side, left : left + side])
    return to_signed(torch.stack(crops))


def _losses(full: Any, tiny: Any, pixels: Any) -> list[Any]:
    import torch

    latents = reduced(pixels)
    spread = _LARGEST_LATENT_NOISE * torch.rand(len(latents), 1, 1, 1)
    noisy = latents + spread * torch.randn_like(latents)
    return [
        _difference(full.decode(noisy).sample, pixels),
        _difference(tiny.decode(noisy).sample, pixels),
        (full.encode(pixels).latent_dist.mean - latents).abs().mean(),
        (tiny.encode(pixels).latents - latents).abs().mean(),
    ]


def _difference(drawn: Any, wanted: Any) -> Any:
    """Absolute and squared error, and the error of the slopes, so that edges are sharp."""
    error = drawn - wanted
    slopes = error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
    return error.abs().mean() + 2 * error.square().mean() + 0.5 * slopes
