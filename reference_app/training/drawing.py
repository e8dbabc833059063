"""Draws a scene with Pillow. Lengths are fractions of the picture's side.

Whatever is small (windows, stars, stripes) is as wide as one latent and lies on the grid of latents, 32 a side, because
a latent cannot hold anything finer.
"""

import math
import random
from collections.abc import Iterable

from PIL import Image, ImageDraw

from reference_app.training.landscapes import paint_landscape
from reference_app.training.scenes import Colour, Figure, Landscape, Place, Scene, Shape, ShapeScene, Size

Rgb = tuple[int, int, int]

RGB = {
    Colour.RED: (222, 40, 40),
    Colour.ORANGE: (248, 146, 28),
    Colour.YELLOW: (250, 222, 50),
    Colour.GREEN: (44, 158, 70),
    Colour.BLUE: (44, 88, 212),
    Colour.PURPLE: (132, 56, 176),
    Colour.PINK: (248, 152, 190),
    Colour.WHITE: (248, 248, 248),
    Colour.BLACK: (18, 18, 20),
}
_RADII = {Size.SMALL: (0.12, 0.16), Size.MIDDLE: (0.22, 0.28), Size.LARGE: (0.34, 0.4)}
_CENTRES = {
    Place.CENTRE: (0.5, 0.5),
    Place.LEFT: (0.24, 0.5),
    Place.RIGHT: (0.76, 0.5),
    Place.TOP: (0.5, 0.24),
    Place.BOTTOM: (0.5, 0.76),
}
_PAIR_RADII = (0.16, 0.2)
_COLOUR_JITTER = 6
_PLACE_JITTER = 0.025


def draw(scene: Scene, chance: random.Random, *, side: int) -> Image.Image:
    """The scene as a square picture of `side` pixels; details that the scene leaves open are left to chance."""
    if isinstance(scene, Landscape):
        return paint_landscape(scene, chance, side=side)
    picture = Image.new("RGB", (side, side), jittered(RGB[scene.background], chance))
    pen = ImageDraw.Draw(picture)
    for figure in scene.figures:
        _draw_figure(pen, figure, chance, scene=scene, side=side)
    return picture


def jittered(colour: Rgb, chance: random.Random) -> Rgb:
    """A colour that a person would call the same."""
    red, green, blue = (min(255, max(0, part + chance.randint(-_COLOUR_JITTER, _COLOUR_JITTER))) for part in colour)
    return red, green, blue


def _draw_figure(
    pen: ImageDraw.ImageDraw, figure: Figure, chance: random.Random, *, scene: ShapeScene, side: int
) -> None:
    radius = chance.uniform(*(_RADII[figure.size] if len(scene.figures) == 1 else _PAIR_RADII))
    x, y = (
        _inside(centre + chance.uniform(-_PLACE_JITTER, _PLACE_JITTER), radius) for centre in _CENTRES[figure.place]
    )
    colour = jittered(RGB[figure.colour], chance)
    disc = tuple(part * side for part in (x - radius, y - radius, x + radius, y + radius))
    if figure.shape is Shape.CIRCLE:
        pen.ellipse(disc, fill=colour)
    elif figure.shape is Shape.RING:
        pen.ellipse(disc, outline=colour, width=round(radius * 0.36 * side))
    else:
        pen.polygon(
            [((x + radius * u) * side, (y + radius * v) * side) for u, v in _outline(figure.shape)], fill=colour
        )


def _inside(centre: float, radius: float) -> float:
    margin = radius + 0.03
    return min(max(centre, margin), 1 - margin)


def _outline(shape: Shape) -> Iterable[tuple[float, float]]:
    """The corners of a shape around the origin, at most one away from it in each direction."""
    if shape is Shape.SQUARE:
        return [(-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)]
    if shape is Shape.TRIANGLE:
        return [(0, -0.95), (1, 0.85), (-1, 0.85)]
    if shape is Shape.STAR:
        angles = [(index * math.pi / 5, 1.08 if index % 2 == 0 else 0.44) for index in range(10)]
        return [(radius * math.sin(angle), -radius * math.cos(angle)) for angle, radius in angles]
    return [_heart(index * math.tau / 60) for index in range(60)]


def _heart(angle: float) -> tuple[float, float]:
    """The well-known parametric heart: x = 16 sin^3 t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t."""
    x = 16 * math.sin(angle) ** 3
    y = 13 * math.cos(angle) - 5 * math.cos(2 * angle) - 2 * math.cos(3 * angle) - math.cos(4 * angle)
    return x / 16, -(y + 2) / 15.5
