"""Writes the trained parts as the public classes read them: half precision, safetensors only."""

from pathlib import Path
from typing import Any

from reference_app.training.architecture import build_scheduler
from reference_app.training.text_stage import TextReader


def write_model(folder: Path, *, reader: TextReader, unet: Any, full: Any, tiny: Any) -> None:
    """Write a folder for `StableDiffusionXLPipeline.from_pretrained`, with the tiny autoencoder in `taesdxl`."""
    import torch
    from diffusers import StableDiffusionXLPipeline

    pipeline = StableDiffusionXLPipeline(
        vae=full,
        text_encoder=reader.encoders[0],
        text_encoder_2=reader.encoders[1],
        tokenizer=reader.tokenizers[0],
        tokenizer_2=reader.tokenizers[1],
        unet=unet,
        scheduler=build_scheduler(),
        add_watermarker=False,
    )
    pipeline.to(torch.float16).save_pretrained(folder)
    tiny.to(torch.float16).save_pretrained(folder / "taesdxl")
