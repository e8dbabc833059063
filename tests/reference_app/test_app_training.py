"""What the embedded model learns from: scenes, their captions, their pictures; and checkpoints."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_app.training.captions import caption_of, words
from reference_app.training.drawing import RGB, draw
from reference_app.training.scenes import HELD_OUT, Colour, Figure, Shape, ShapeScene, draw_scene

seeds = st.integers(0, 2**32)


@given(seeds)
def test_a_caption_names_every_shape_and_colour(seed: int) -> None:
    """Nothing that a prompt could ask of a flat scene is left unsaid."""
    chance = random.Random(seed)
    scene = draw_scene(chance)

    said = caption_of(scene, chance)

    if isinstance(scene, ShapeScene):
        colours = [scene.background.value, *(figure.colour.value for figure in scene.figures)]
        assert [colour for colour in colours if colour not in said.replace(",", "").split()] == []


@given(seeds)
def test_pairs_held_out_are_never_drawn(seed: int) -> None:
    """The model card may call them unseen."""
    scene = draw_scene(random.Random(seed))

    figures = scene.figures if isinstance(scene, ShapeScene) else ()
    assert [figure for figure in figures if (figure.colour, figure.shape) in HELD_OUT] == []


@given(seeds)
def test_a_shape_never_has_the_colour_of_its_background(seed: int) -> None:
    """What the caption says can be seen."""
    scene = draw_scene(random.Random(seed))

    assert not isinstance(scene, ShapeScene) or scene.background not in [figure.colour for figure in scene.figures]


@pytest.mark.parametrize("shape", [shape for shape in Shape if shape is not Shape.RING], ids=lambda shape: shape.value)
def test_a_shape_is_drawn_in_its_colour_on_its_background(shape: Shape) -> None:
    """The middle of the picture has about the colour of the shape, and its corner that of the background."""
    scene = ShapeScene(figures=(Figure(shape=shape, colour=Colour.RED),), background=Colour.BLUE)

    picture = draw(scene, random.Random(1), side=64)

    assert _largest_difference(picture.getpixel((32, 32)), RGB[Colour.RED]) < 10
    assert _largest_difference(picture.getpixel((0, 0)), RGB[Colour.BLUE]) < 10


def test_the_same_seed_draws_the_same_scene() -> None:
    """Training data is reproducible."""
    first, second = (draw(draw_scene(chance := random.Random(9)), chance, side=64) for _ in range(2))

    assert first.tobytes() == second.tobytes()


@pytest.mark.slow
def test_every_word_of_the_captions_is_one_token() -> None:
    """And any other text is readable too."""
    from reference_app.training.tokenizer import END, word_tokenizer

    tokenizer = word_tokenizer(words(), pad_token=END)

    # CLIP splits digits from letters before any merge.
    known = [word for word in words() if word.isalpha()]
    assert {word: len(tokenizer(word).input_ids) for word in known} == dict.fromkeys(known, 3)
    assert tokenizer.unk_token_id not in tokenizer("\u96ea zebra \U0001f600").input_ids[1:-1]


@pytest.mark.slow
def test_a_training_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    """Steps, weights and figures survive."""
    import torch

    from reference_app.training.checkpoint import Checkpoint

    interrupted, resumed = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    for _ in Checkpoint(tmp_path, "stage", {"module": interrupted}).steps_until(3):
        torch.nn.init.constant_(interrupted.weight, 7.0)

    checkpoint = Checkpoint(tmp_path, "stage", {"module": resumed})

    assert list(checkpoint.steps_until(5)) == [3, 4]
    assert resumed.weight.item() == 7.0


def _largest_difference(read: Any, expected: tuple[int, int, int]) -> int:
    return max(abs(a - b) for a, b in zip(read, expected, strict=True))
