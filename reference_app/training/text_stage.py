"""Teaches the text encoders to read, before there is any picture.

A linear layer must be able to tell from the embeddings what the caption's scene is. That takes a minute or two, and
afterwards the denoiser, which costs a hundred times more a step, need not learn language as well. The encoders stay as
they are from then on.
"""

import random
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from reference_app.training.architecture import TEXT_WIDTH, build_text_encoders, build_tokenizers
from reference_app.training.captions import caption_of
from reference_app.training.checkpoint import Checkpoint
from reference_app.training.scenes import (
    Colour,
    Daytime,
    Landmark,
    Landscape,
    Place,
    Scene,
    Setting,
    Shape,
    Size,
    draw_scene,
)
from reference_app.training.tokenizer import MAX_TOKENS

_BATCH = 64
_LONGEST_CAPTION = 32
_LEARNING_RATE = 2e-3
# One classifier for each of these, on each of three embeddings. Class 0 says that the scene has no such thing.
_FIGURE = (Shape, Colour, Size, Place)
_ATTRIBUTES = (Colour, Setting, Daytime, Landmark, *_FIGURE, *_FIGURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEmbeddings:
    """What the denoiser is told.

    Attributes:
        states: of shape (captions, 77, 128): the last hidden state but one of both encoders.
        pooled: of shape (captions, 64): the second encoder's summary.
    """

    states: Any
    pooled: Any


class TextReader:
    """Two tokenizers and two encoders, used as SDXL uses them."""

    def __init__(self) -> None:
        self.tokenizers = build_tokenizers()
        self.encoders = build_text_encoders(self.tokenizers)

    def read(self, captions: list[str], *, tokens: int = MAX_TOKENS) -> TextEmbeddings:
        """The embeddings of the captions, cut after so many tokens. A token's embedding depends on none behind it."""
        import torch

        outputs = [
            encoder(self._tokens(tokenizer, captions, tokens), output_hidden_states=True)
            for tokenizer, encoder in zip(self.tokenizers, self.encoders, strict=True)
        ]
        states = torch.cat([output.hidden_states[-2] for output in outputs], dim=-1)
        return TextEmbeddings(states=states, pooled=outputs[1].text_embeds)

    def lengths(self, captions: list[str]) -> Any:
        """The position of each caption's last token."""
        tokens = self._tokens(self.tokenizers[0], captions, MAX_TOKENS)
        return (tokens == self.tokenizers[0].eos_token_id).int().argmax(dim=1)

    @staticmethod
    def _tokens(tokenizer: Any, captions: list[str], count: int) -> Any:
        return tokenizer(
            captions, padding="max_length", max_length=count, truncation=True, return_tensors="pt"
        ).input_ids


def train_text_encoders(folder: Path, *, steps: int) -> TextReader:
    """Encoders that tell what a caption says. An interrupted training goes on where it was.

    Args:
        folder: where checkpoints and the log are.
        steps: steps of 64 captions.
    """
    import torch

    reader = TextReader()
    heads = torch.nn.ModuleList(
        torch.nn.Linear(width, sum(len(attribute) + 1 for attribute in _ATTRIBUTES))
        for width in (TEXT_WIDTH, TEXT_WIDTH, TEXT_WIDTH)
    )
    trained = torch.nn.ModuleList([*reader.encoders, heads])
    optimizer = torch.optim.AdamW(trained.parameters(), lr=_LEARNING_RATE, weight_decay=0.01)
    checkpoint = Checkpoint(folder, "text", {"modules": trained, "optimizer": optimizer})
    for step in checkpoint.steps_until(steps):
        optimizer.param_groups[0]["lr"] = _LEARNING_RATE * min(1, (step + 1) / 50, (steps - step) / steps * 2)
        loss, accuracy = _reading_loss(reader, heads, random.Random(step))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if (step + 1) % 50 == 0:
            checkpoint.log(loss=loss.item(), accuracy=accuracy)
    trained.eval().requires_grad_(requires_grad=False)
    return reader


def _reading_loss(reader: TextReader, heads: Any, chance: random.Random) -> tuple[Any, float]:
    """Cross-entropy over all attributes, and the share of them that the summary alone tells right."""
    import torch

    scenes = [draw_scene(chance) for _ in range(_BATCH)]
    captions = [caption_of(scene, chance) for scene in scenes]
    embeddings = reader.read(captions, tokens=_LONGEST_CAPTION)
    last = embeddings.states[torch.arange(_BATCH), reader.lengths(captions)]
    features = (last[:, :TEXT_WIDTH], last[:, TEXT_WIDTH:], embeddings.pooled)
    labels = torch.tensor([_labels(scene) for scene in scenes])
    sizes = [len(attribute) + 1 for attribute in _ATTRIBUTES]
    loss, right = torch.zeros(()), torch.zeros(())
    for head, feature in zip(heads, features, strict=True):
        answers = head(feature).split(sizes, dim=1)
        loss = loss + sum(
            torch.nn.functional.cross_entropy(answer, labels[:, column]) for column, answer in enumerate(answers)
        )
        right = torch.stack([(answer.argmax(1) == labels[:, n]).float().mean() for n, answer in enumerate(answers)])
    return loss, right.mean().item()


def _labels(scene: Scene) -> list[int]:
    if isinstance(scene, Landscape):
        none: list[Enum | None] = [None] * (2 * len(_FIGURE))
        said = [None, scene.setting, scene.daytime, scene.landmark, *none]
    else:
        figures = [
            part for figure in scene.figures for part in (figure.shape, figure.colour, figure.size, figure.place)
        ]
        said = [scene.background, None, None, None, *figures, *[None] * (2 * len(_FIGURE) - len(figures))]
    return [0 if value is None else 1 + list(kind).index(value) for kind, value in zip(_ATTRIBUTES, said, strict=True)]
