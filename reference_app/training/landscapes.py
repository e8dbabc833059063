"""Paints landscapes: a sky in one of four lights, then the ground, then perhaps a landmark.

Coordinates count latents, 32 a side.
"""

import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

from reference_app.training.landmarks import paint_landmark
from reference_app.training.scenes import Daytime, Landscape, Setting

Rgb = tuple[int, int, int]
GRID = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Light:
    """The sky from top to horizon, the sun or moon, and how much light falls on the ground and of what colour."""

    top: Rgb
    horizon: Rgb
    disc: Rgb
    disc_height: tuple[float, float]
    disc_radius: float
    tint: Rgb
    tint_share: float


_LIGHTS = {
    Daytime.DAY: _Light(
        top=(70, 150, 230),
        horizon=(190, 225, 248),
        disc=(255, 232, 90),
        disc_height=(4, 7),
        disc_radius=2.4,
        tint=(255, 255, 255),
        tint_share=0.0,
    ),
    Daytime.SUNRISE: _Light(
        top=(150, 170, 222),
        horizon=(255, 205, 190),
        disc=(255, 244, 190),
        disc_height=(10, 13),
        disc_radius=3,
        tint=(220, 160, 170),
        tint_share=0.3,
    ),
    Daytime.SUNSET: _Light(
        top=(104, 48, 110),
        horizon=(255, 140, 40),
        disc=(255, 226, 90),
        disc_height=(12, 15),
        disc_radius=3.6,
        tint=(70, 30, 60),
        tint_share=0.5,
    ),
    Daytime.NIGHT: _Light(
        top=(8, 10, 32),
        horizon=(28, 36, 80),
        disc=(240, 240, 214),
        disc_height=(4, 8),
        disc_radius=2.6,
        tint=(8, 10, 30),
        tint_share=0.62,
    ),
}


class Painter:
    """A pen that counts in latents and knows the light.

    Attributes:
        chance: decides what the scene leaves open.
        daytime: the light.
    """

    def __init__(self, picture: Image.Image, daytime: Daytime, chance: random.Random) -> None:
        self.chance = chance
        self.daytime = daytime
        self._light = _LIGHTS[daytime]
        self._pen = ImageDraw.Draw(picture)
        self._scale = picture.width / GRID

    def lit(self, colour: Rgb) -> Rgb:
        """The colour as it looks in this light."""
        return mixed(colour, self._light.tint, self._light.tint_share)

    def polygon(self, *corners: tuple[float, float], colour: Rgb) -> None:
        """Fill the polygon between the corners."""
        self._pen.polygon([(x * self._scale, y * self._scale) for x, y in corners], fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, *, colour: Rgb) -> None:
        """Fill a rectangle that ends right before `right` and `bottom`."""
        self._pen.rectangle(
            (left * self._scale, top * self._scale, right * self._scale - 1, bottom * self._scale - 1), fill=colour
        )

    def disc(self, x: float, y: float, radius: float, *, colour: Rgb) -> None:
        """Fill a circle."""
        box = (x - radius, y - radius, x + radius, y + radius)
        self._pen.ellipse([part * self._scale for part in box], fill=colour)


def mixed(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`first`, with a share of `second` from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def paint_landscape(scene: Landscape, chance: random.Random, *, side: int) -> Image.Image:
    """The landscape as a square picture of `side` pixels."""
    picture = Image.new("RGB", (side, side))
    painter = Painter(picture, scene.daytime, chance)
    horizon = chance.choice((17, 18, 19, 20))
    sun_x = _paint_sky(painter, horizon)
    _GROUNDS[scene.setting](painter, horizon, sun_x)
    if scene.landmark is not None:
        paint_landmark(scene.landmark, painter, x=chance.uniform(8, 24), horizon=horizon)
    return picture


def _paint_sky(painter: Painter, horizon: int) -> float:
    light, chance = _LIGHTS[painter.daytime], painter.chance
    for row in range(2 * GRID):
        height = row / 2
        colour = mixed(light.top, light.horizon, min(1, height / horizon))
        painter.box(0, height, GRID, height + 0.5, colour=colour)
    if painter.daytime is Daytime.NIGHT:
        for _ in range(chance.randint(8, 16)):
            painter.disc(
                chance.randrange(GRID) + 0.5, chance.randrange(horizon - 2) + 0.5, 0.38, colour=(235, 235, 245)
            )
    sun_x = chance.uniform(6, 26)
    painter.disc(sun_x, chance.uniform(*light.disc_height), light.disc_radius, colour=light.disc)
    if painter.daytime is Daytime.DAY:
        for _ in range(chance.randint(0, 2)):
            _paint_cloud(painter, chance.uniform(4, 28), chance.uniform(3, 11))
    return sun_x


def _paint_cloud(painter: Painter, x: float, y: float) -> None:
    for offset, radius in ((-2.2, 1.2), (0, 1.8), (2.2, 1.3)):
        painter.disc(x + offset, y, radius, colour=(250, 250, 252))


def _sea(painter: Painter, horizon: int, sun_x: float) -> None:
    light = _LIGHTS[painter.daytime]
    water = mixed(painter.lit((30, 104, 170)), light.horizon, 0.16)
    painter.box(0, horizon, GRID, GRID, colour=water)
    for row in range(horizon, GRID, 2):
        width = painter.chance.uniform(1.2, 2.6) + (row - horizon) * 0.16
        painter.box(sun_x - width, row, sun_x + width, row + 1, colour=mixed(water, light.disc, 0.7))
    for _ in range(5):
        x, y = painter.chance.randrange(GRID), painter.chance.randrange(horizon + 2, GRID)
        painter.box(x, y, x + 4, y + 0.5, colour=mixed(water, (255, 255, 255), 0.25))


def _mountains(painter: Painter, horizon: int, _sun_x: float) -> None:
    chance = painter.chance
    for peak in sorted((chance.uniform(2, 30) for _ in range(3)), key=lambda _: chance.random()):
        top, shade = chance.uniform(5, 10), chance.randint(-12, 12)
        slope = chance.uniform(0.75, 0.95)
        width = (GRID - top) * slope
        rock = painter.lit((104 + shade, 108 + shade, 124 + shade))
        painter.polygon((peak, top), (peak + width, GRID), (peak - width, GRID), colour=rock)
        cap = 4 * slope
        painter.polygon((peak, top), (peak + cap, top + 4), (peak - cap, top + 4), colour=painter.lit((246, 248, 252)))
    painter.box(0, horizon + 8, GRID, GRID, colour=painter.lit((70, 124, 74)))


def _desert(painter: Painter, horizon: int, _sun_x: float) -> None:
    painter.box(0, horizon, GRID, GRID, colour=painter.lit((226, 186, 112)))
    for row, shade in enumerate((0.0, 0.14)):
        crest = painter.chance.uniform(4, 28)
        top = horizon - 1.5 + 4 * row
        colour = mixed(painter.lit((216, 168, 92)), (90, 50, 20), shade)
        painter.polygon((crest - 16, top + 5), (crest, top), (crest + 18, top + 5), colour=colour)
        painter.box(0, top + 5, GRID, GRID, colour=colour)


def _forest(painter: Painter, horizon: int, _sun_x: float) -> None:
    painter.box(0, horizon + 4, GRID, GRID, colour=painter.lit((58, 100, 50)))
    for row in range(2):
        shift = painter.chance.uniform(-2, 2)
        for x in range(-2, GRID + 4, 5 + row):
            colour = painter.lit((22 + 18 * row, 84 + 26 * row, 50))
            _paint_pine(painter, x + shift, horizon + 6 + 5 * row, painter.chance.uniform(10, 13), colour)


def _paint_pine(painter: Painter, x: float, bottom: float, height: float, colour: Rgb) -> None:
    painter.box(x - 0.5, bottom - 1, x + 0.5, bottom + 1.5, colour=painter.lit((96, 62, 38)))
    for tier in range(3):
        top, width = bottom - height + tier * height * 0.27, 1.7 + tier * 0.55
        painter.polygon((x, top), (x + width, top + height * 0.44), (x - width, top + height * 0.44), colour=colour)


def _city(painter: Painter, _horizon: int, _sun_x: float) -> None:
    chance = painter.chance
    left = -chance.randint(0, 2)
    while left < GRID:
        width, top = chance.choice((4, 5, 6)), chance.randint(9, 20)
        shade = chance.randint(-16, 16)
        painter.box(left, top, left + width, GRID, colour=painter.lit((112 + shade, 118 + shade, 136 + shade)))
        for y in range(top + 1, GRID - 1, 2):
            for x in range(left + 1, left + width - 1, 2):
                if chance.random() < 0.7:
                    painter.box(x, y, x + 1, y + 1, colour=_window(painter))
        left += width + chance.choice((0, 0, 1))
    painter.box(0, GRID - 1, GRID, GRID, colour=painter.lit((60, 62, 70)))


def _window(painter: Painter) -> Rgb:
    dark = painter.daytime in {Daytime.NIGHT, Daytime.SUNSET}
    return (255, 218, 110) if dark else (196, 222, 240)


def _hills(painter: Painter, horizon: int, _sun_x: float) -> None:
    for row in range(3):
        x, radius = painter.chance.uniform(0, 32), painter.chance.uniform(22, 30)
        colour = painter.lit((70 + 14 * row, 150 + 12 * row, 66))
        painter.disc(x, horizon - 1.5 + 3.5 * row + radius, radius, colour=colour)
        painter.box(0, horizon + 4 + 3.5 * row, GRID, GRID, colour=colour)


_GROUNDS = {
    Setting.SEA: _sea,
    Setting.MOUNTAINS: _mountains,
    Setting.DESERT: _desert,
    Setting.FOREST: _forest,
    Setting.CITY: _city,
    Setting.HILLS: _hills,
}
