"""What a training picture can show. Captions and drawings are both made from these, and from nothing else."""

import random
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar


class Shape(Enum):
    """A flat shape; the value is its word in a caption."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    STAR = "star"
    HEART = "heart"
    RING = "ring"


class Colour(Enum):
    """A colour of shapes and backgrounds; the value is its word in a caption."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    WHITE = "white"
    BLACK = "black"


class Size(Enum):
    """How large a shape is; `MIDDLE` is not mentioned."""

    SMALL = "small"
    MIDDLE = ""
    LARGE = "large"


class Place(Enum):
    """Where a shape is; `CENTRE` is often not mentioned."""

    CENTRE = "in the centre"
    LEFT = "on the left"
    RIGHT = "on the right"
    TOP = "at the top"
    BOTTOM = "at the bottom"


class Setting(Enum):
    """A landscape."""

    SEA = "sea"
    MOUNTAINS = "mountains"
    DESERT = "desert"
    FOREST = "forest"
    CITY = "city"
    HILLS = "hills"


class Daytime(Enum):
    """The light of a landscape."""

    DAY = "day"
    SUNRISE = "sunrise"
    SUNSET = "sunset"
    NIGHT = "night"


class Landmark(Enum):
    """One thing that stands in a landscape."""

    BOAT = "boat"
    LIGHTHOUSE = "lighthouse"
    HOUSE = "house"
    TREE = "tree"
    CACTUS = "cactus"


LANDMARKS = {
    Setting.SEA: (Landmark.BOAT, Landmark.LIGHTHOUSE),
    Setting.DESERT: (Landmark.CACTUS,),
    Setting.HILLS: (Landmark.HOUSE, Landmark.TREE),
}

# Never drawn in training, so that the model card can say what it makes of a pair that it has not seen.
HELD_OUT = frozenset({(Colour.PURPLE, Shape.STAR), (Colour.ORANGE, Shape.HEART), (Colour.GREEN, Shape.RING)})

_Choice = TypeVar("_Choice", bound=Enum)

_PAIR_SHARE = 0.04
_LANDSCAPE_SHARE = 0.36


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One shape."""

    shape: Shape
    colour: Colour
    size: Size = Size.MIDDLE
    place: Place = Place.CENTRE


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeScene:
    """One shape, or two with the first on the left, on a plain background."""

    figures: tuple[Figure, ...]
    background: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """A setting in some light, perhaps with a landmark."""

    setting: Setting
    daytime: Daytime
    landmark: Landmark | None = None


Scene = ShapeScene | Landscape


def draw_scene(chance: random.Random) -> Scene:
    """Choose what the next training picture shows."""
    kind = chance.random()
    if kind < _LANDSCAPE_SHARE:
        return _landscape(chance)
    background = chance.choice(list(Colour))
    if kind < _LANDSCAPE_SHARE + _PAIR_SHARE:
        pair = tuple(_figure(chance, background, place=place) for place in (Place.LEFT, Place.RIGHT))
        return ShapeScene(figures=pair, background=background)
    figure = _figure(chance, background, place=_mostly(chance, Place.CENTRE), size=_mostly(chance, Size.MIDDLE))
    return ShapeScene(figures=(figure,), background=background)


def _figure(chance: random.Random, background: Colour, *, place: Place, size: Size = Size.MIDDLE) -> Figure:
    while True:
        shape, colour = chance.choice(list(Shape)), chance.choice(list(Colour))
        if colour is not background and (colour, shape) not in HELD_OUT:
            return Figure(shape=shape, colour=colour, size=size, place=place)


def _landscape(chance: random.Random) -> Landscape:
    setting = chance.choice(list(Setting))
    landmark = chance.choice((None, *LANDMARKS.get(setting, ())))
    return Landscape(setting=setting, daytime=chance.choice(list(Daytime)), landmark=landmark)


def _mostly(chance: random.Random, usual: _Choice) -> _Choice:
    return usual if chance.random() < 0.5 else chance.choice(list(type(usual)))
