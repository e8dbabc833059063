"""The embedded model: SDXL's architecture in small, on the CPU, without a download.

Every part is the genuine class with a small configuration: the UNet with SDXL's text and size conditioning, both text
encoders, both tokenizers, the autoencoder and the tiny one for previews. It was trained on drawn pictures of shapes and
landscapes and knows nothing else; `reference_app/weights/README.md` is its model card.
"""

from pathlib import Path

from reference_app.pipelines.sdxl import SdxlPipeline, load_location

WEIGHTS_FOLDER = Path(__file__).parent.parent / "weights"
_GUIDANCE_SCALE = 3.0


def load(*, weights_folder: Path = WEIGHTS_FOLDER) -> SdxlPipeline:
    """The embedded pipeline, warm. From then on torch computes in the thread that asks.

    Raises:
        OSError: the folder holds no model.
    """
    import torch

    # Its tensors are too small to be shared between cores, and threads that wait for each other's part spin meanwhile:
    # where another process has the second core, a step takes 50 times as long.
    torch.set_num_threads(1)
    return load_location(str(weights_folder), guidance_scale=_GUIDANCE_SCALE)
