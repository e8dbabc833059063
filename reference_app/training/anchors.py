"""Starts the autoencoders as "reduce eight times, enlarge eight times"; training then only has to sharpen.

From ordinary random weights they would spend most of the time on learning to keep a flat colour. Each colour travels
twice, as itself and negated, because `silu(x) - silu(-x) == x` and because ReLU keeps only what is positive.
"""

from typing import Any

_COLOURS = 3
_CARRIERS = 2 * _COLOURS
# Residual branches are this small beside the colours at the start, so that they can learn but do not disturb.
_RESIDUAL_SCALE = 0.05
# GroupNorm divides by the spread of all channels. Constant channels larger than any colour nearly fix that spread.
_CONSTANT = 4.0
# A log-variance at which samples of the encoder equal its mean.
_LOG_VARIANCE = -20.0
_MEAN = ((0.25, 0.25), (0.25, 0.25))
_BINOMIAL = ((0.0625, 0.125, 0.0625), (0.125, 0.25, 0.125), (0.0625, 0.125, 0.0625))


def anchor_autoencoder(vae: Any) -> None:
    """Anchor an `AutoencoderKL` that has one norm group and as many channels in every block."""
    import torch

    with torch.no_grad():
        for half in (vae.encoder, vae.decoder):
            _fan_out(half.conv_in, gain=1.0, constant=_CONSTANT)
            for module in half.modules():
                if type(module).__name__ == "ResnetBlock2D":
                    _weaken(module.conv2)
                elif type(module).__name__ == "Attention":
                    _weaken(module.to_out[0])
                elif type(module).__name__ == "Upsample2D":
                    _spread(module.conv, _BINOMIAL, first_tap=0)
                elif type(module).__name__ == "Downsample2D":
                    # diffusers pads this one below and on the right only.
                    _spread(module.conv, _MEAN, first_tap=0)
            _undo_norm(half.conv_norm_out)
            _fan_in(half.conv_out, gain=1.0, bias=0.0)
        vae.encoder.conv_out.bias[_COLOURS:] = _LOG_VARIANCE
        _identity(vae.quant_conv)
        _identity(vae.post_quant_conv)


def anchor_tiny_autoencoder(vae: Any) -> None:
    """Anchor an `AutoencoderTiny`. Inside, its pictures are from 0 to 1, and latents from -1 to 1."""
    import torch

    with torch.no_grad():
        _anchor_tiny(vae.encoder.layers, _MEAN, first_tap=1, gain=2.0, bias=-1.0)
        _anchor_tiny(vae.decoder.layers, _BINOMIAL, first_tap=0, gain=0.5, bias=0.5)


def _anchor_tiny(
    layers: Any, kernel: tuple[tuple[float, ...], ...], *, first_tap: int, gain: float, bias: float
) -> None:
    convolutions = [layer for layer in layers if hasattr(layer, "kernel_size")]
    _fan_out(convolutions[0], gain=1.0, constant=0.0)
    for layer in layers:
        if hasattr(layer, "conv"):
            _weaken(layer.conv[-1])
    for convolution in convolutions[1:-1]:
        _spread(convolution, kernel, first_tap=first_tap)
    _fan_in(convolutions[-1], gain=gain, bias=bias)


def _identity(convolution: Any) -> None:
    convolution.weight.zero_()
    convolution.bias.zero_()
    for channel in range(convolution.out_channels):
        convolution.weight[channel, channel] = 1.0


def _fan_out(convolution: Any, *, gain: float, constant: float) -> None:
    """Colours to channels 0-2, their negatives to 3-5, and plus or minus a constant to the rest."""
    convolution.weight[:_CARRIERS] = 0.0
    convolution.weight[_CARRIERS:] *= _RESIDUAL_SCALE
    convolution.bias.zero_()
    for colour in range(_COLOURS):
        convolution.weight[colour, colour, 1, 1] = gain
        convolution.weight[_COLOURS + colour, colour, 1, 1] = -gain
    for channel in range(_CARRIERS, convolution.out_channels):
        convolution.bias[channel] = constant if channel % 2 else -constant


def _fan_in(convolution: Any, *, gain: float, bias: float) -> None:
    convolution.weight.zero_()
    convolution.bias.fill_(bias)
    for colour in range(_COLOURS):
        convolution.weight[colour, colour, 1, 1] = gain
        convolution.weight[colour, _COLOURS + colour, 1, 1] = -gain


def _spread(convolution: Any, kernel: tuple[tuple[float, ...], ...], *, first_tap: int) -> None:
    convolution.weight.mul_(_RESIDUAL_SCALE)
    convolution.weight[:_CARRIERS] = 0.0
    if convolution.bias is not None:
        convolution.bias.zero_()
    for channel in range(convolution.out_channels):
        for row, taps in enumerate(kernel):
            for column, tap in enumerate(taps):
                convolution.weight[channel, channel, first_tap + row, first_tap + column] = tap


def _undo_norm(norm: Any) -> None:
    """Multiply by what the norm divides by, which the constant channels decide."""
    constants = norm.num_channels - _CARRIERS
    norm.weight.fill_(_CONSTANT * (constants / norm.num_channels) ** 0.5)
    norm.bias.zero_()


def _weaken(layer: Any) -> None:
    layer.weight.mul_(_RESIDUAL_SCALE)
    if layer.bias is not None:
        layer.bias.zero_()
