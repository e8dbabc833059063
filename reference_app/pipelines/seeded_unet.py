"""A denoiser that makes smooth pictures out of noise before any training.

A UNet with plain random weights answers noise with noise. This one keeps eight channels for a "carrier": the latent
and its negative, untouched by every residual branch, blurred by every change of resolution, and given back at the end.
So the estimate of the clean picture is the noise's large shapes and colours, and the random rest of the network, which
also reads the prompt, bends them. As the noise fades the estimate settles, as it does in a trained model.

It goes with `prediction_type="sample"`: the network answers with the clean latent itself.
"""

from typing import Any

_LATENT_CHANNELS = 4
_CARRIERS = 2 * _LATENT_CHANNELS
_BINOMIAL = (0.25, 0.5, 0.25)
# Chosen by eye and by the fall of the previews' distance to the final picture.
_CARRIER_GAIN = 0.6
_NETWORK_GAIN = 2.0
_FINE_DETAIL = 0.15
_TEXT_STRENGTH = 8.0
_TIME_STRENGTH = 0.05


def shape_unet(unet: Any) -> None:
    """Install the carrier in a UNet of the SDXL architecture that has plain random weights."""
    unet.time_embedding.linear_2.weight.mul_(_TIME_STRENGTH)
    unet.add_embedding.linear_2.weight.mul_(_TEXT_STRENGTH)
    for module in unet.modules():
        _carry_through(module)
    _weaken_fine_skips(unet)
    _enter_carrier(unet.conv_in)
    _leave_carrier(unet.conv_out)


def _carry_through(module: Any) -> None:
    kind = type(module).__name__
    if kind == "ResnetBlock2D":
        _mute(module.conv2)
        if module.conv_shortcut is not None:
            _copy_carrier(module.conv_shortcut, blurred=False)
    elif kind == "Transformer2DModel":
        _mute(module.proj_out)
    elif kind in {"Downsample2D", "Upsample2D"}:
        _copy_carrier(module.conv, blurred=True)


def _mute(layer: Any) -> None:
    layer.weight[:_CARRIERS] = 0.0
    layer.bias[:_CARRIERS] = 0.0


def _copy_carrier(convolution: Any, *, blurred: bool) -> None:
    _mute(convolution)
    for channel in range(_CARRIERS):
        if not blurred:
            convolution.weight[channel, channel] = 1.0
            continue
        for row, vertical in enumerate(_BINOMIAL):
            for column, horizontal in enumerate(_BINOMIAL):
                convolution.weight[channel, channel, row, column] = vertical * horizontal


def _weaken_fine_skips(unet: Any) -> None:
    """Skips at full resolution would pass the noise on as it is."""
    width = unet.config.block_out_channels[0]
    for resnet in unet.up_blocks[-1].resnets:
        for convolution in (resnet.conv_shortcut, resnet.conv1):
            convolution.weight[:, -width:] *= _FINE_DETAIL


def _enter_carrier(conv_in: Any) -> None:
    _mute(conv_in)
    for channel in range(_LATENT_CHANNELS):
        # A value and its negative sum to zero, so that group normalisation does not shift them.
        conv_in.weight[2 * channel, channel, 1, 1] = 1.0
        conv_in.weight[2 * channel + 1, channel, 1, 1] = -1.0


def _leave_carrier(conv_out: Any) -> None:
    taps = conv_out.weight.sum((2, 3)) * _NETWORK_GAIN
    for row, vertical in enumerate(_BINOMIAL):
        for column, horizontal in enumerate(_BINOMIAL):
            conv_out.weight[:, :, row, column] = taps * (vertical * horizontal)
    conv_out.weight[:, :_CARRIERS] = 0.0
    conv_out.bias.zero_()
    for channel in range(_LATENT_CHANNELS):
        # silu(x) - silu(-x) == x: the last activation cancels.
        conv_out.weight[channel, 2 * channel, 1, 1] = _CARRIER_GAIN
        conv_out.weight[channel, 2 * channel + 1, 1, 1] = -_CARRIER_GAIN
