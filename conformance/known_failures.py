"""Known failures: rules that are expected to fail for a while, with the reason."""

import tomllib
from collections.abc import Mapping

from conformance.catalogue import Catalogue
from conformance.core import ProfileError

__all__ = ["KnownFailures", "parse_known_failures"]

KnownFailures = Mapping[str, str]
"""Rule ids that are expected to fail, with the reason."""


def parse_known_failures(text: str, catalogue: Catalogue) -> KnownFailures:
    """Read a list of known failures: one TOML line a rule, ``F02 = "the reason"``.

    Raises:
        ProfileError: It is not TOML, a rule does not exist, or a reason is missing.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"the list of known failures is not valid TOML: {error}") from error
    for id_, reason in document.items():
        catalogue.find(id_)
        if not isinstance(reason, str) or not reason.strip():
            raise ProfileError(f'known failure {id_}: give the reason as text, {id_} = "why"')
    return document
