"""`python -m reference_app.training`: draw pictures, train every part on them, and write the embedded model's weights.

Each stage leaves a checkpoint and a log of one JSON object a line in the work folder. Started again, the training goes
on where it was.
"""

import argparse
import json
from pathlib import Path

from reference_app.pipelines.embedded import WEIGHTS_FOLDER, load
from reference_app.pipelines.sdxl import silence_libraries
from reference_app.training.decoder_stage import train_autoencoders
from reference_app.training.denoiser_stage import read_and_denoise
from reference_app.training.measures import caption_swap_losses, peak_signal_to_noise
from reference_app.training.pictures import draw_pictures
from reference_app.training.release import write_model
from reference_app.training.sheet import contact_sheet
from reference_app.training.text_stage import train_text_encoders
from reference_app.training.workers import run_together, use_one_thread

_PICTURES = 800
_SEED = 1
_EXAMINED_PICTURES = 24
# None of the training pictures is drawn from these.
_EXAM_SEED = 1_000_003
_SHEET_SEED = 4


def main() -> None:
    """Read the options and train."""
    options = _options()
    use_one_thread()
    silence_libraries()
    work: Path = options.work
    reader = train_text_encoders(work, steps=options.text_steps)
    full, tiny = train_autoencoders(
        work, steps=options.autoencoder_steps, pictures=draw_pictures(_PICTURES, seed=_SEED + 1)
    )
    run_together(
        options.processes, read_and_denoise, work, options.text_steps, options.steps, meeting_file=work / "meeting"
    )
    unet = read_and_denoise(work, options.text_steps, options.steps)
    exam = draw_pictures(_EXAMINED_PICTURES, seed=_EXAM_SEED)
    figures = {
        "full_decoder_decibels": peak_signal_to_noise(full, exam),
        "tiny_decoder_decibels": peak_signal_to_noise(tiny, exam),
        "caption_swap_losses": caption_swap_losses(unet, reader, seed=_EXAM_SEED),
    }
    (work / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
    write_model(options.output, reader=reader, unet=unet, full=full, tiny=tiny)
    contact_sheet(load(weights_folder=options.output), seed=_SHEET_SEED).save(work / "sheet.png", optimize=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m reference_app.training", description="Train the embedded model.")
    parser.add_argument("--output", type=Path, default=WEIGHTS_FOLDER, help="folder for the weights")
    parser.add_argument("--work", type=Path, default=Path("training-work"), help="folder for checkpoints and logs")
    parser.add_argument("--processes", type=int, default=2, help="processes that train the denoiser, one core each")
    parser.add_argument("--text-steps", type=int, default=700)
    parser.add_argument("--autoencoder-steps", type=int, default=1300)
    parser.add_argument("--steps", type=int, default=11_700, help="of the denoiser")
    return parser.parse_args()


if __name__ == "__main__":
    main()
