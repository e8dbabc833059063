"""The embedded model: SDXL's architecture in small, on the CPU, without a download.

Every part is the genuine class with a small configuration: the UNet with SDXL's text and size conditioning, both text
encoders, both tokenizers, the autoencoder and the tiny one for previews. Trained weights are loaded where the package
has them. Without them the weights are **seeded, not trained**: the pictures are abstract fields of colour that depend
on the prompt and the seed but do not show what the prompt says.
"""

from pathlib import Path
from typing import Any

from reference_app.pipelines.byte_tokenizer import END, FIRST, MAX_TOKENS, byte_tokenizer
from reference_app.pipelines.sdxl import SdxlPipeline, load_location, silence_libraries
from reference_app.pipelines.seeded_decoders import anchor_kl_decoder, anchor_tiny_decoder
from reference_app.pipelines.seeded_unet import shape_unet

WEIGHTS_FOLDER = Path(__file__).parent.parent / "weights"
_GUIDANCE_SCALE = 3.0
# Any number would do: it fixes the colours that the untrained model prefers.
_WEIGHTS_SEED = 7
_NATIVE_LATENT_SIDE = 48
_DECODER_CHANNELS = 16
_TEXT_WIDTH = 64


def load(*, weights_folder: Path = WEIGHTS_FOLDER) -> SdxlPipeline:
    """The embedded pipeline, warm: trained if the folder holds a model, else seeded."""
    if (weights_folder / "model_index.json").is_file():
        return load_location(str(weights_folder), guidance_scale=_GUIDANCE_SCALE)
    pipeline = seeded()
    pipeline.warm_up()
    return pipeline


def seeded(*, native_latent_side: int = _NATIVE_LATENT_SIDE, concurrency: int = 1) -> SdxlPipeline:
    """The embedded pipeline with seeded weights; always the same ones.

    Args:
        native_latent_side: native picture size in latents, eight pixels each.
        concurrency: how many generations may share the processor.
    """
    import torch

    silence_libraries()
    # The global generator feeds every layer's initialisation; it is put back for the sake of the host program.
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(_WEIGHTS_SEED)
        base, preview_decoder = _base(native_latent_side), _tiny_autoencoder()
    return SdxlPipeline(
        name="embedded (seeded weights)",
        base=base,
        preview_decoder=preview_decoder,
        guidance_scale=_GUIDANCE_SCALE,
        concurrency=concurrency,
    )


def _base(native_latent_side: int) -> Any:
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    tokenizer, tokenizer_2 = byte_tokenizer(pad_token=END), byte_tokenizer(pad_token=FIRST)
    text_encoder, text_encoder_2 = _text_encoders(tokenizer, tokenizer_2)
    return StableDiffusionXLPipeline(
        vae=_autoencoder(),
        text_encoder=text_encoder,
        text_encoder_2=text_encoder_2,
        tokenizer=tokenizer,
        tokenizer_2=tokenizer_2,
        unet=_unet(native_latent_side),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            prediction_type="sample",
            timestep_spacing="trailing",
            use_karras_sigmas=True,
        ),
        add_watermarker=False,
    )


def _text_encoders(tokenizer: Any, tokenizer_2: Any) -> tuple[Any, Any]:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    def config(of: Any) -> Any:
        return CLIPTextConfig(
            vocab_size=len(of),
            hidden_size=_TEXT_WIDTH,
            intermediate_size=4 * _TEXT_WIDTH,
            projection_dim=_TEXT_WIDTH,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=MAX_TOKENS,
            bos_token_id=of.bos_token_id,
            # The pooled embedding is read at this token.
            eos_token_id=of.eos_token_id,
            pad_token_id=of.pad_token_id,
        )

    encoders = CLIPTextModel(config(tokenizer)), CLIPTextModelWithProjection(config(tokenizer_2))
    for encoder in encoders:
        # CLIP's spread of 0.02 drowns in the position embeddings at this width.
        encoder.get_input_embeddings().weight.normal_(std=0.3)
        encoder.eval()
    return encoders


def _unet(native_latent_side: int) -> Any:
    from diffusers import UNet2DConditionModel

    time_width = 32
    unet = UNet2DConditionModel(
        sample_size=native_latent_side,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(32, 64, 96),
        layers_per_block=2,
        transformer_layers_per_block=(1, 1, 1),
        attention_head_dim=(2, 4, 6),
        cross_attention_dim=2 * _TEXT_WIDTH,
        addition_embed_type="text_time",
        addition_time_embed_dim=time_width,
        projection_class_embeddings_input_dim=_TEXT_WIDTH + 6 * time_width,
        use_linear_projection=True,
        norm_num_groups=8,
    )
    shape_unet(unet)
    return unet.eval()


def _autoencoder() -> Any:
    from diffusers import AutoencoderKL

    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(_DECODER_CHANNELS,) * 4,
        layers_per_block=1,
        norm_num_groups=1,
        latent_channels=4,
        scaling_factor=1.0,
        force_upcast=False,
    )
    anchor_kl_decoder(vae)
    return vae.eval()


def _tiny_autoencoder() -> Any:
    from diffusers import AutoencoderTiny

    tiny = AutoencoderTiny(
        encoder_block_out_channels=(_DECODER_CHANNELS,) * 4,
        decoder_block_out_channels=(_DECODER_CHANNELS,) * 4,
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(2, 2, 2, 1),
        scaling_factor=1.0,
    )
    anchor_tiny_decoder(tiny)
    return tiny.eval()
