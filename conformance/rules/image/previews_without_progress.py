"""I06: successive previews differ, and move towards the final picture."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, picture_url, preview, stream
from conformance.signs.frames import Film, decoded_film, finding_at
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What still counts as progress.

    Attributes:
        least_previews: Fewer previews than this show no trend.
        tolerated_retreat: How much farther from the final the last third may be than the first, from 0 to 1.
        tolerated_steady_retreat: The same, where each preview is farther than the one before it.
    """

    least_previews: int = 3
    tolerated_retreat: float = 0.1
    tolerated_steady_retreat: float = 0.03


def _shown(*progress: float, quality: int = 60, hue: int = 0) -> Transcript:
    frames = (picture(picture_bytes(share, quality=quality, hue=hue)) for share in progress)
    shown = (preview(step, len(progress), image=item) for step, item in enumerate(frames, start=1))
    return stream(*map(event, shown), event(final()))


def _depth_map(progress: float) -> Json:
    """A picture in greys of 16 bits."""
    from PIL import Image

    file = io.BytesIO()
    with Image.open(io.BytesIO(picture_bytes(progress))) as image:
        image.convert("L").convert("I").point(lambda grey: grey * 256).convert("I;16").save(file, "PNG")
    url = picture_url(file.getvalue(), "image/png")
    return picture(url=url, content_type="image/png")


def _grey(brightness: int) -> Json:
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (32, 32), brightness).save(file, "PNG")
    return picture(url=picture_url(file.getvalue(), "image/png"), content_type="image/png")


@rule(
    id="I06",
    name="previews-without-progress",
    requirement="Successive previews differ, and move towards the final picture.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="The same frame again and again, or frames that leave the final behind, are previews of something "
    "else: a stale buffer, another request, latents of the wrong step. Distilled models may repeat a frame, so a "
    "single pair proves nothing: only previews that are all the same fail, or whose last third is farther from the "
    "final than the first. Distances are taken on 32 x 32 thumbnails. Honest streams come nearer by their nature, "
    "and plain grey is about 0.2 from a usual picture, so half of that is tolerated, and less where every single "
    "preview is farther than the one before. A final of one colour alone, which safety checkers put in place of a "
    "picture, is no goal. Noise is I11's.",
    consequence="People watch a frozen or wrong picture for the whole time, and the final comes as a surprise.",
    fix="Decode the latents that the callback is given at each step, and copy them before the next step overwrites "
    "them; keep one queue of previews for each request.",
    requires=("I04", "I11"),
    options=Options(),
    passes=lambda: (
        sample("previews that come out of the grey", stream(*good_events())),
        sample("a distilled model that repeats frames", _shown(0.5, 0.5, 0.8, 0.8, 0.8)),
        sample("one step back on the way", _shown(0.2, 0.6, 0.4, 0.9)),
        sample("previews of another tint, which a small decoder gives", _shown(0.3, 0.5, 0.7, 0.9, hue=40)),
        sample(
            "depth maps in greys of 16 bits",
            stream(
                *(event(preview(step, image=_depth_map(step / 5))) for step in (1, 2, 3, 4)),
                event(final(images=[_depth_map(1)])),
            ),
        ),
        sample(
            "previews of snow, and the black picture that a safety checker puts in its place",
            stream(
                *(event(preview(step, image=_grey(130 + 30 * step))) for step in (1, 2, 3, 4)),
                event(final(images=[_grey(0)], has_nsfw_concepts=[True])),
            ),
        ),
        sample("two previews that are the same, which show no trend", _shown(0.5, 0.5)),
    ),
    fails=lambda: (
        sample("the same frame five times", _shown(0.5, 0.5, 0.5, 0.5, 0.5)),
        sample("previews that go away from the final", _shown(0.95, 0.7, 0.4, 0.1)),
        sample("previews that go away a little with every step", _shown(0.8, 0.73, 0.66, 0.59, 0.52)),
    ),
)
def check(generation: Evidence, options: Options) -> Iterator[Finding]:
    """Look for one frame in all previews, else compare the first third's distance to the final with the last's."""
    film = decoded_film(generation, least=options.least_previews)
    count = len(film.previews)
    if len({frame.thumbnails for frame in film.previews}) == 1:
        message = f"all {count} previews show the same picture, expected them to change"
        yield finding_at(generation, film.previews[1], message)
        return
    if film.final.is_plain:
        raise NotApplicable("the final is of one colour, which no preview can be expected to come near")
    first, last = _thirds(film)
    is_steady = all(later > earlier for earlier, later in pairwise(film.distances))
    if last > first + (options.tolerated_steady_retreat if is_steady else options.tolerated_retreat):
        yield finding_at(
            generation,
            film.previews[-1],
            f"the previews go away from the final: their distance is {first:.2f} in the first third and {last:.2f} "
            "in the last, expected it to fall",
        )


def _thirds(film: Film) -> tuple[float, float]:
    third = max(len(film.distances) // 3, 1)
    return fmean(film.distances[:third]), fmean(film.distances[-third:])
