"""Trains the UNet on thumbnails, which are the latents: nothing has to be encoded."""

import random
from pathlib import Path
from typing import Any

from reference_app.training.architecture import SCALING_FACTOR, build_scheduler, build_unet
from reference_app.training.checkpoint import Checkpoint
from reference_app.training.pictures import Thumbnails, draw_thumbnails, to_signed
from reference_app.training.text_stage import TextEmbeddings, TextReader, train_text_encoders
from reference_app.training.workers import rank, share_gradients

_BATCH = 16
_LEARNING_RATE = 1.2e-3
_WARM_UP_STEPS = 60
_COOL_DOWN_SHARE = 0.35
_GUIDANCE_DROPOUT = 0.1
# Text decides shape and layout at high noise, so more timesteps are drawn there.
_HIGH_NOISE = 400
_HIGH_NOISE_SHARE = 0.3
_THUMBNAILS = 40_000
_THUMBNAILS_SEED = 1
_SIDES = (128, 256, 256, 256, 512)


class DenoisingLoss:
    """The error of v-prediction, `v = sqrt(a) * noise - sqrt(1 - a) * latent`.

    Source: Salimans and Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", 2022.
    """

    def __init__(self) -> None:
        self._signal_share = build_scheduler().alphas_cumprod

    def __call__(self, unet: Any, latents: Any, noise: Any, timesteps: Any, text: TextEmbeddings) -> Any:
        """The squared error of each item of the batch."""
        import torch

        share = self._signal_share[timesteps].view(-1, 1, 1, 1)
        signal, spread = share.sqrt(), (1 - share).sqrt()
        sides = torch.tensor(random.choices(_SIDES, k=len(latents)), dtype=torch.float32)
        zero = torch.zeros_like(sides)
        conditions = {
            "text_embeds": text.pooled,
            "time_ids": torch.stack([sides, sides, zero, zero, sides, sides], dim=1),
        }
        with torch.autocast("cpu", torch.bfloat16):
            noisy = (signal * latents + spread * noise).contiguous(memory_format=torch.channels_last)
            answer = unet(noisy, timesteps, text.states, added_cond_kwargs=conditions).sample
        return (answer.float() - (signal * noise - spread * latents)).square().mean(dim=(1, 2, 3))


def read_and_denoise(folder: Path, text_steps: int, steps: int) -> Any:
    """What each process does: load the text encoders, draw the thumbnails, and train or load the UNet."""
    reader = train_text_encoders(folder, steps=text_steps)
    return train_denoiser(
        folder, steps=steps, reader=reader, thumbnails=draw_thumbnails(_THUMBNAILS, seed=_THUMBNAILS_SEED)
    )


def train_denoiser(folder: Path, *, steps: int, reader: TextReader, thumbnails: Thumbnails) -> Any:
    """The UNet. An interrupted training goes on where it was.

    Args:
        folder: where checkpoints and the log are.
        steps: steps of 16 pictures a process.
        reader: the trained text encoders.
        thumbnails: the training pictures.
    """
    import torch

    unet = build_unet().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(
        unet.parameters(), lr=_LEARNING_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True
    )
    checkpoint = Checkpoint(folder, "denoiser", {"unet": unet, "optimizer": optimizer})
    seed = 2 * checkpoint.step + rank()
    torch.manual_seed(seed)
    random.seed(seed)
    loss_of, recent = DenoisingLoss(), 1.0
    for step in checkpoint.steps_until(steps):
        optimizer.param_groups[0]["lr"] = _LEARNING_RATE * _schedule(step, steps)
        latents, text = _batch(reader, thumbnails)
        loss = loss_of(unet, latents, torch.randn_like(latents), _timesteps(), text).mean()
        loss.backward()
        share_gradients(unet)
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        recent = 0.98 * recent + 0.02 * loss.item()
        if (step + 1) % 25 == 0:
            checkpoint.log(loss=recent)
    return unet.eval()


def _schedule(step: int, steps: int) -> float:
    """Share of the learning rate: up, level, and down to nothing at the end, which does more than averaging weights."""
    return min(1.0, (step + 1) / _WARM_UP_STEPS, (steps - step) / (steps * _COOL_DOWN_SHARE))


def _batch(reader: TextReader, thumbnails: Thumbnails) -> tuple[Any, TextEmbeddings]:
    import torch

    chosen = random.sample(range(len(thumbnails.captions)), _BATCH)
    latents = to_signed(thumbnails.pixels[chosen]) * SCALING_FACTOR
    text = reader.read([thumbnails.captions[index] for index in chosen])
    # The pipeline takes zeros, not an empty caption, for "no text".
    kept = (torch.rand(_BATCH) >= _GUIDANCE_DROPOUT).float()
    return latents, TextEmbeddings(states=text.states * kept.view(-1, 1, 1), pooled=text.pooled * kept.view(-1, 1))


def _timesteps() -> Any:
    import torch

    low = torch.where(torch.rand(_BATCH) < _HIGH_NOISE_SHARE, _HIGH_NOISE, 0)
    return (low + torch.rand(_BATCH) * (1000 - low)).long()
