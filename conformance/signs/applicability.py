"""What a rule needs of the profile before it has anything to judge."""

from conformance.catalogue import NotApplicable
from conformance.stream.conventions import DataKind
from conformance.stream.evidence import Evidence

__all__ = ["require_fal_clients", "require_json", "require_pictures", "require_whole"]


_FAL_CLIENTS = frozenset({"fal_client", "fal-js"})


def require_json(evidence: Evidence) -> None:
    """Go no further where the data of events is no JSON.

    Raises:
        NotApplicable: The profile says that it is text.
    """
    if evidence.conventions.data is DataKind.TEXT:
        raise NotApplicable("the profile says that the data of events is text")


def require_fal_clients(evidence: Evidence) -> None:
    """Go no further where the stream is meant for other readers than fal_client and fal-js.

    Raises:
        NotApplicable: The profile names neither, or declares text or an end marker, on which both of them fail.
    """
    require_json(evidence)
    if not _FAL_CLIENTS & {*evidence.conventions.clients}:
        raise NotApplicable("the profile does not name fal's clients among those that read such streams")
    if evidence.conventions.end_marker is not None:
        raise NotApplicable("the profile declares an end marker, which fal's clients do not know: others read it")


def require_pictures(evidence: Evidence) -> None:
    """Go no further where previews and results are no pictures.

    Raises:
        NotApplicable: The profile says so.
    """
    if not evidence.conventions.carries_pictures:
        raise NotApplicable("the profile expects no pictures")


def require_whole(evidence: Evidence) -> None:
    """Go on only with a stream that was read to an end of its own.

    Raises:
        NotApplicable: We hung up, the stream broke off, or its content coding could not be removed.
    """
    if evidence.why_not_whole is not None:
        raise NotApplicable(evidence.why_not_whole)
