"""The parts of the embedded model, untrained: SDXL's own classes with small configurations."""

from typing import Any

from reference_app.training.captions import words
from reference_app.training.tokenizer import END, FIRST, MAX_TOKENS, word_tokenizer

NATIVE_SIDE = 256
LATENT_SIDE = 32
# The latent is the picture itself, eight times smaller: three channels from -1 to 1. This factor gives them a spread
# of one, which is what the noise schedule expects.
SCALING_FACTOR = 1.75
LATENT_CHANNELS = 3
TEXT_WIDTH = 64
_TIME_WIDTH = 32


def build_tokenizers() -> tuple[Any, Any]:
    """The two tokenizers, which differ in what they pad with, as SDXL's do."""
    return word_tokenizer(words(), pad_token=END), word_tokenizer(words(), pad_token=FIRST)


def build_text_encoders(tokenizers: tuple[Any, Any]) -> tuple[Any, Any]:
    """A `CLIPTextModel` and a `CLIPTextModelWithProjection`."""
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    encoders = CLIPTextModel(_text_config(tokenizers[0])), CLIPTextModelWithProjection(_text_config(tokenizers[1]))
    for encoder in encoders:
        # CLIP's spread of 0.02 drowns in the position embeddings at this width.
        encoder.get_input_embeddings().weight.data.normal_(std=0.3)
    return encoders


def build_unet() -> Any:
    """The denoiser: SDXL's conditioning on text and size, with attention at the two coarsest resolutions."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=LATENT_SIDE,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        block_out_channels=(24, 48, 96, 96),
        layers_per_block=1,
        transformer_layers_per_block=(1, 1, 1, 1),
        attention_head_dim=(2, 4, 6, 6),
        cross_attention_dim=2 * TEXT_WIDTH,
        addition_embed_type="text_time",
        addition_time_embed_dim=_TIME_WIDTH,
        projection_class_embeddings_input_dim=TEXT_WIDTH + 6 * _TIME_WIDTH,
        use_linear_projection=True,
        norm_num_groups=8,
    )


def build_scheduler() -> Any:
    """Euler with v-prediction and a last step of pure noise, so that even black and white backgrounds come out."""
    from diffusers import EulerDiscreteScheduler

    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
    )


def build_autoencoder() -> Any:
    """The full decoder, and an encoder."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(16,) * 4,
        layers_per_block=1,
        norm_num_groups=1,
        latent_channels=LATENT_CHANNELS,
        sample_size=NATIVE_SIDE,
        scaling_factor=SCALING_FACTOR,
        force_upcast=False,
    )


def build_tiny_autoencoder() -> Any:
    """The decoder of previews."""
    from diffusers import AutoencoderTiny

    return AutoencoderTiny(
        encoder_block_out_channels=(16,) * 4,
        decoder_block_out_channels=(16,) * 4,
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1),
        latent_channels=LATENT_CHANNELS,
        scaling_factor=SCALING_FACTOR,
    )


def _text_config(tokenizer: Any) -> Any:
    from transformers import CLIPTextConfig

    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=MAX_TOKENS,
        bos_token_id=tokenizer.bos_token_id,
        # The pooled embedding is read at this token.
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
