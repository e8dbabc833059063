"""Says in words what a scene shows, in the many ways in which a person might."""

import random
import string

from reference_app.training.scenes import (
    Colour,
    Daytime,
    Figure,
    Landmark,
    Landscape,
    Place,
    Scene,
    Setting,
    Shape,
    ShapeScene,
    Size,
)

_SYNONYMS = {
    Shape.CIRCLE: ("circle", "circle", "disc", "ball"),
    Shape.SQUARE: ("square", "square", "box"),
    Size.SMALL: ("small", "tiny", "little"),
    Size.LARGE: ("large", "big", "huge"),
}
_MEDIA = ("a picture of", "a painting of", "a drawing of", "a photo of", "an illustration of")
_PRAISE = (", highly detailed", ", beautiful", ", flat design", ", minimalist", ", 4k")
_LIGHTS = {
    Daytime.DAY: ("", "by day", "on a sunny day", "under a blue sky", "in daylight"),
    Daytime.SUNRISE: ("at sunrise", "at dawn", "in the morning"),
    Daytime.SUNSET: ("at sunset", "at dusk", "in the evening"),
    Daytime.NIGHT: ("at night", "by night", "under the stars", "in the moonlight"),
}
_SETTINGS = {
    Setting.SEA: ("the sea", "the ocean", "a calm sea"),
    Setting.MOUNTAINS: ("mountains", "snowy mountains", "a mountain landscape"),
    Setting.DESERT: ("a desert", "the desert", "sand dunes"),
    Setting.FOREST: ("a forest", "a pine forest", "the woods"),
    Setting.CITY: ("a city skyline", "a city", "skyscrapers"),
    Setting.HILLS: ("green hills", "a meadow", "rolling hills"),
}
_LANDMARKS = {
    Landmark.BOAT: ("a boat on", "a sailing boat on", "a ship on"),
    Landmark.LIGHTHOUSE: ("a lighthouse by", "a lighthouse at", "a lighthouse beside"),
    Landmark.HOUSE: ("a house in", "a small house in", "a cottage in"),
    Landmark.TREE: ("a tree in", "a big tree in", "a lonely tree in"),
    Landmark.CACTUS: ("a cactus in", "a tall cactus in", "a green cactus in"),
}


def caption_of(scene: Scene, chance: random.Random) -> str:
    """A caption for the scene; which one of many is left to chance."""
    said = _shapes(scene, chance) if isinstance(scene, ShapeScene) else _landscape(scene, chance)
    if chance.random() < 0.2:
        said = f"{chance.choice(_MEDIA)} {said}"
    if chance.random() < 0.12:
        said += chance.choice(_PRAISE)
    # A word that means nothing here must not derail the picture, so some captions carry one.
    return f"{said} {_gibberish(chance)}" if chance.random() < 0.06 else said


def words() -> list[str]:
    """Every word that captions use, sorted: each becomes one token."""
    enums = (Shape, Colour, Size, Place, Setting, Daytime, Landmark)
    phrases = [member.value for enum in enums for member in enum]
    phrases += [*_MEDIA, *_PRAISE, "a an and with next to beside on the left right of over background"]
    for table in (_SYNONYMS, _LIGHTS, _SETTINGS, _LANDMARKS):
        phrases += [phrase for choices in table.values() for phrase in choices]
    return sorted({word for phrase in phrases for word in phrase.replace(",", "").split()})


def _shapes(scene: ShapeScene, chance: random.Random) -> str:
    background = scene.background.value
    ground = chance.choice(
        (f"on a {background} background", f"on a {background} background", f"on {background}")
        if background != Colour.ORANGE.value
        else ("on an orange background", "on orange")
    )
    if len(scene.figures) == 2:
        left, right = (_figure(figure, chance) for figure in scene.figures)
        between = chance.choice(("and", "and", "next to", "beside", "on the left and"))
        return f"{left} {between} {right} {ground}"
    (figure,) = scene.figures
    silent = figure.place is Place.CENTRE and chance.random() < 0.8
    place = "" if silent else f" {figure.place.value}"
    return (
        f"{_figure(figure, chance)} {ground}{place}"
        if chance.random() < 0.5
        else (f"{_figure(figure, chance)}{place} {ground}")
    )


def _figure(figure: Figure, chance: random.Random) -> str:
    shape = chance.choice(_SYNONYMS.get(figure.shape, (figure.shape.value,)))
    size = chance.choice(_SYNONYMS[figure.size]) if figure.size in _SYNONYMS else ""
    said = f"{size} {figure.colour.value} {shape}".strip()
    return f"an {said}" if said[0] in "aeiou" else f"a {said}"


def _landscape(scene: Landscape, chance: random.Random) -> str:
    place = chance.choice(_SETTINGS[scene.setting])
    if scene.landmark is not None:
        place = f"{chance.choice(_LANDMARKS[scene.landmark])} {place}"
    elif scene.daytime in {Daytime.SUNSET, Daytime.SUNRISE} and chance.random() < 0.4:
        return f"a {scene.daytime.value} over {place}"
    return f"{place} {chance.choice(_LIGHTS[scene.daytime])}".strip()


def _gibberish(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 7)))
