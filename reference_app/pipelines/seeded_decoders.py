"""Decoders that upscale a latent's first three channels as colours, before any training.

A decoder with plain random weights turns every latent into mud. These two start from the same "colour anchor":
channel *c* of the latent is colour *c*, eight times smaller, with 0 for mid grey and 2 for full. Both decoders
therefore agree about what a latent looks like, as the trained SDXL and TAESDXL decoders do, and the small random
part that is left keeps them from being identical.
"""

from collections.abc import Iterator
from typing import Any

_COLOURS = 3
_LATENT_TO_COLOUR = 0.25
# Residual branches are kept this small beside the anchor: texture, not noise.
_RESIDUAL_SCALE = 0.03
# GroupNorm divides by the spread of all channels. Constant channels far larger than any colour fix that spread, so
# that flat colours survive the division.
_CONSTANT = 12.0


def anchor_kl_decoder(vae: Any) -> None:
    """Make an `AutoencoderKL` (one norm group, equal channel counts in all blocks) decode colours.

    Each colour travels twice, as itself and negated: `silu(x) - silu(-x) == x`, so the decoder's last activation
    cancels exactly.
    """
    decoder = vae.decoder
    _identity(vae.post_quant_conv)
    _fan_out(decoder.conv_in, gain=1.0)
    for resnet in _resnets(decoder):
        _weaken(resnet.conv2)
    for attention in decoder.mid_block.attentions:
        _weaken(attention.to_out[0])
    for block in decoder.up_blocks:
        for upsampler in block.upsamplers or ():
            _blur(upsampler.conv, channels=upsampler.conv.out_channels)
    channels = decoder.conv_norm_out.num_channels
    constants = channels - 2 * _COLOURS
    decoder.conv_norm_out.weight.fill_(_CONSTANT * (constants / channels) ** 0.5)
    decoder.conv_norm_out.bias.zero_()
    # AutoencoderKL answers in -1..1, hence twice the factor of the tiny decoder, which answers in 0..1.
    _fan_in(decoder.conv_out, gain=2 * _LATENT_TO_COLOUR, bias=0.0)


def anchor_tiny_decoder(vae: Any) -> None:
    """Make an `AutoencoderTiny` decode colours: positive and negative parts apart, since ReLU keeps neither sign."""
    convolutions = [layer for layer in vae.decoder.layers if hasattr(layer, "kernel_size")]
    _fan_out(convolutions[0], gain=1.0)
    convolutions[0].bias.zero_()
    for layer in vae.decoder.layers:
        if hasattr(layer, "conv"):
            _weaken(layer.conv[-1])
    for convolution in convolutions[1:-1]:
        _blur(convolution, channels=2 * _COLOURS)
    _fan_in(convolutions[-1], gain=_LATENT_TO_COLOUR, bias=0.5)


def _resnets(decoder: Any) -> Iterator[Any]:
    yield from decoder.mid_block.resnets
    for block in decoder.up_blocks:
        yield from block.resnets


def _identity(convolution: Any) -> None:
    convolution.weight.zero_()
    convolution.bias.zero_()
    for channel in range(convolution.out_channels):
        convolution.weight[channel, channel] = 1.0


def _fan_out(convolution: Any, *, gain: float) -> None:
    """Colours to channels 0-2, their negatives to 3-5, and plus or minus a constant to the rest."""
    convolution.weight.zero_()
    convolution.bias.zero_()
    for colour in range(_COLOURS):
        convolution.weight[colour, colour, 1, 1] = gain
        convolution.weight[_COLOURS + colour, colour, 1, 1] = -gain
    for channel in range(2 * _COLOURS, convolution.out_channels):
        convolution.bias[channel] = _CONSTANT if channel % 2 else -_CONSTANT


def _fan_in(convolution: Any, *, gain: float, bias: float) -> None:
    convolution.weight.zero_()
    convolution.bias.fill_(bias)
    for colour in range(_COLOURS):
        convolution.weight[colour, colour, 1, 1] = gain
        convolution.weight[colour, _COLOURS + colour, 1, 1] = -gain


def _blur(convolution: Any, *, channels: int) -> None:
    """After a nearest-neighbour doubling, a binomial kernel makes the upscaling nearly bilinear."""
    convolution.weight.zero_()
    if convolution.bias is not None:
        convolution.bias.zero_()
    taps = (0.25, 0.5, 0.25)
    for channel in range(channels):
        for row, vertical in enumerate(taps):
            for column, horizontal in enumerate(taps):
                convolution.weight[channel, channel, row, column] = vertical * horizontal


def _weaken(layer: Any) -> None:
    layer.weight.mul_(_RESIDUAL_SCALE)
    if layer.bias is not None:
        layer.bias.zero_()
