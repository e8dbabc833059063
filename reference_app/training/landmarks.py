"""Paints the one thing that may stand in a landscape. Coordinates count latents, 32 a side."""

from typing import Protocol

from reference_app.training.scenes import Landmark

Rgb = tuple[int, int, int]


class Brush(Protocol):
    """What a landmark is painted with."""

    def lit(self, colour: Rgb) -> Rgb:
        """The colour as it looks in this light."""
        ...

    def polygon(self, *corners: tuple[float, float], colour: Rgb) -> None:
        """Fill the polygon between the corners."""
        ...

    def box(self, left: float, top: float, right: float, bottom: float, *, colour: Rgb) -> None:
        """Fill a rectangle."""
        ...

    def disc(self, x: float, y: float, radius: float, *, colour: Rgb) -> None:
        """Fill a circle."""
        ...


def paint_landmark(landmark: Landmark, brush: Brush, *, x: float, horizon: float) -> None:
    """Paint the landmark around column `x`, standing on or below the horizon."""
    _LANDMARKS[landmark](brush, x, horizon)


def _boat(brush: Brush, x: float, horizon: float) -> None:
    deck = horizon + 5
    brush.polygon(
        (x - 5, deck), (x + 5, deck), (x + 3, deck + 2.5), (x - 3, deck + 2.5), colour=brush.lit((150, 60, 40))
    )
    brush.box(x - 0.3, deck - 10, x + 0.3, deck, colour=brush.lit((70, 50, 40)))
    brush.polygon((x + 0.5, deck - 10), (x + 5, deck - 1), (x + 0.5, deck - 1), colour=brush.lit((250, 250, 246)))
    brush.polygon((x - 0.5, deck - 8), (x - 4, deck - 1), (x - 0.5, deck - 1), colour=brush.lit((236, 232, 222)))


def _lighthouse(brush: Brush, x: float, horizon: float) -> None:
    foot, top = horizon + 3, horizon - 11
    rock = ((x - 7, foot + 3), (x - 4.5, foot - 0.5), (x + 4, foot - 0.5), (x + 7, foot + 3))
    brush.polygon(*rock, colour=brush.lit((96, 92, 88)))
    for stripe in range(4):
        low, high = foot - stripe * (foot - top) / 4, foot - (stripe + 1) * (foot - top) / 4
        wide, narrow = 2.6 - stripe * 0.25, 2.35 - stripe * 0.25
        colour = brush.lit((214, 48, 44) if stripe % 2 else (250, 250, 250))
        brush.polygon((x - wide, low), (x + wide, low), (x + narrow, high), (x - narrow, high), colour=colour)
    brush.box(x - 1, top - 2, x + 1, top, colour=(255, 236, 130))
    brush.polygon((x - 1.8, top - 2), (x, top - 4), (x + 1.8, top - 2), colour=brush.lit((190, 40, 40)))


def _house(brush: Brush, x: float, horizon: float) -> None:
    foot = horizon + 9
    brush.box(x - 5, foot - 7, x + 5, foot, colour=brush.lit((244, 232, 206)))
    brush.polygon((x - 6.5, foot - 7), (x, foot - 12.5), (x + 6.5, foot - 7), colour=brush.lit((186, 62, 46)))
    brush.box(x - 1, foot - 4, x + 1, foot, colour=brush.lit((110, 68, 42)))
    for left in (x - 4, x + 2):
        brush.box(left, foot - 5.5, left + 2, foot - 3.5, colour=(255, 220, 120))


def _tree(brush: Brush, x: float, horizon: float) -> None:
    foot = horizon + 8
    brush.box(x - 1, foot - 7, x + 1, foot, colour=brush.lit((104, 68, 40)))
    for across, up, radius in ((-3, 9, 3.4), (3, 9, 3.4), (0, 12, 4.2)):
        brush.disc(x + across, foot - up, radius, colour=brush.lit((30, 104, 44)))


def _cactus(brush: Brush, x: float, horizon: float) -> None:
    foot, green = horizon + 9, brush.lit((40, 122, 60))
    brush.box(x - 1.3, foot - 13, x + 1.3, foot, colour=green)
    brush.disc(x, foot - 13, 1.3, colour=green)
    for side, up in ((-1, 5), (1, 7)):
        inner, outer = sorted((x, x + side * 4.5))
        brush.box(inner, foot - up - 1, outer, foot - up + 1, colour=green)
        arm = x + side * 4
        brush.box(arm - 1, foot - up - 5, arm + 1, foot - up + 1, colour=green)


_LANDMARKS = {
    Landmark.BOAT: _boat,
    Landmark.LIGHTHOUSE: _lighthouse,
    Landmark.HOUSE: _house,
    Landmark.TREE: _tree,
    Landmark.CACTUS: _cactus,
}
