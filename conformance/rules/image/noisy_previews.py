"""I11: early previews show structure, not noise."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, preview, stream
from conformance.signs.frames import decoded_film, finding_at
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What counts as noise.

    Attributes:
        least_previews: With fewer previews than this there is no early part.
        least_roughness: No preview smoother than this is noise, from 0 to 1.
        times_the_final: How many times rougher than the final noise is.
    """

    least_previews: int = 3
    least_roughness: float = 0.1
    times_the_final: float = 2.0


def _shown(*noise: float, final_noise: float = 0.0, repeated: bool = False) -> Transcript:
    count = len(noise)
    frames = (
        picture_bytes(0.5 if repeated else step / count, noise=share) for step, share in enumerate(noise, start=1)
    )
    shown = (preview(step, count, image=picture(data)) for step, data in enumerate(frames, start=1))
    last = picture(picture_bytes(quality=95, noise=final_noise))
    return stream(*map(event, shown), event(final(images=[last])))


@rule(
    id="I11",
    name="noisy-previews",
    requirement="Early previews show the structure of the picture, not noise.",
    level=Level.SHOULD,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="Previews exist to be looked at, and the picture that the model expects at a step can be seen long "
    "before the latents of that step have lost their noise. Measured on 32 x 32 thumbnails: pictures with the "
    "spectrum of photographs have a roughness of 0.02 to 0.12, noise one of 0.1 to 0.4. Textures are rough too, so "
    "noise must also be twice as rough as the final; and one noisy frame at the start is forgiven, so the whole "
    "first third, two previews at least, must be noise. In large pictures thumbnails average the noise away, and "
    "the rule says nothing.",
    consequence="People look at coloured snow for the first part of the wait and learn nothing from it.",
    fix="Decode the scheduler's estimate of the finished picture (pred_original_sample) instead of the raw latents, "
    "or send the first preview later.",
    requires=("I04",),
    options=Options(),
    passes=lambda: (
        sample("previews that come out of the grey", stream(*good_events())),
        sample("one noisy frame at the start", _shown(0.9, 0.1, 0.0, 0.0)),
        sample("a rough texture, as rough at the end", _shown(0.6, 0.6, 0.6, final_noise=0.6)),
        sample("some grain that goes", _shown(0.3, 0.2, 0.1)),
        sample("two previews of noise, which are too few", _shown(0.9, 0.9)),
        sample("the same noise each time, which is I06's", _shown(*[0.9] * 4, repeated=True), sets_off=("I06",)),
    ),
    fails=lambda: (
        sample("raw latents decoded as they come", _shown(0.9, 0.8, 0.5, 0.2)),
        sample("noise that the thumbnails of a larger picture average", _shown(0.42, 0.4, 0.2, 0.1)),
        sample("noise up to the final", _shown(0.9, 0.9, 0.9)),
    ),
)
def check(generation: Evidence, options: Options) -> Iterator[Finding]:
    """Compare the roughness of the first third with the final's."""
    film = decoded_film(generation, least=options.least_previews)
    if len({frame.thumbnails for frame in film.previews}) == 1:
        raise NotApplicable("all previews show the same picture, which I06 judges")
    early = film.previews[: max(2, -(-len(film.previews) // 3))]
    limit = max(options.least_roughness, options.times_the_final * film.final.roughness)
    if all(frame.roughness > limit for frame in early):
        measured = ", ".join(f"{frame.roughness:.2f}" for frame in early[:5])
        yield finding_at(
            generation,
            early[0],
            f"the first {len(early)} previews are noise: their roughness is {measured} where the final's is "
            f"{film.final.roughness:.2f}, expected at most {limit:.2f}",
        )
