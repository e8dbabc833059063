"""Known failures: rules that may fail for a while, for a reason, under somebody's name, up to a day.

The list is TOML, one table a rule. It can only shrink: an entry is out of date, and fails the run, once its rule
passes, once its last day is over, or once the rule shows another symptom than those that were excused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from conformance.catalogue import Catalogue, Verdict
from conformance.core import ProfileError
from conformance.profiles.toml_table import TomlTable, parse_toml

__all__ = ["Excuse", "ExcuseState", "KnownFailure", "KnownFailures", "parse_known_failures"]

_NEAR_EXPIRY_DAYS = 14
_REQUIRED = ("reason", "owner", "expires")
_OPTIONAL = ("symptoms",)


class ExcuseState(Enum):
    """What came of an entry of the list in one run; the value is its name for machines."""

    EXPECTED = "expected"
    """The rule fell short, as the entry says."""
    IDLE = "idle"
    """The rule had nothing to judge."""
    NEAR_EXPIRY = "near_expiry"
    """One of the two above, with two weeks or less to go."""
    EXPIRED = "expired"
    """Its last day is over, and the rule does not pass."""
    CHANGED = "changed"
    """The rule fell short with a symptom that the entry does not name."""
    PASSES_NOW = "passes_now"
    """The rule passed."""

    @property
    def is_out_of_date(self) -> bool:
        """Whether the entry no longer tells the truth, which fails the run."""
        return self in (ExcuseState.EXPIRED, ExcuseState.CHANGED, ExcuseState.PASSES_NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailure:
    """One entry of the list.

    Attributes:
        rule_id: The rule that is expected to fall short.
        reason: Why it cannot be mended yet.
        owner: Who mends it.
        expires: The last day on which it is excused, in UTC.
        symptoms: The symptoms that are excused; none excuses any.
    """

    rule_id: str
    reason: str
    owner: str
    expires: date
    symptoms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """An entry beside what came of it in one run.

    Attributes:
        entry: The entry.
        state: What came of it.
        days_left: Days from today to its last day; negative once that is over.
    """

    entry: KnownFailure
    state: ExcuseState
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailures:
    """The list, as read on one day.

    Attributes:
        entries: The entries by rule id.
        today: The day on which entries are expired or not, in UTC.
    """

    entries: Mapping[str, KnownFailure] = field(default_factory=dict)
    today: date = date.min

    def excuse(self, rule_id: str, verdict: Verdict, symptoms: Iterable[str]) -> Excuse | None:
        """What the list says of a verdict; None where the rule is not on it."""
        entry = self.entries.get(rule_id)
        if entry is None:
            return None
        days_left = (entry.expires - self.today).days
        return Excuse(entry=entry, state=_state(entry, verdict, set(symptoms), days_left), days_left=days_left)


def _state(entry: KnownFailure, verdict: Verdict, symptoms: set[str], days_left: int) -> ExcuseState:
    if verdict is Verdict.PASSED:
        return ExcuseState.PASSES_NOW
    if days_left < 0:
        return ExcuseState.EXPIRED
    if verdict.falls_short and entry.symptoms and not symptoms <= set(entry.symptoms):
        return ExcuseState.CHANGED
    if days_left <= _NEAR_EXPIRY_DAYS:
        return ExcuseState.NEAR_EXPIRY
    return ExcuseState.EXPECTED if verdict.falls_short else ExcuseState.IDLE


def parse_known_failures(text: str, catalogue: Catalogue, *, today: date) -> KnownFailures:
    """Read a list from TOML; its keys are in the documentation.

    Args:
        text: The TOML.
        catalogue: The rules there are.
        today: The day on which it is read, in UTC.

    Raises:
        ProfileError: It is not TOML, a rule does not exist, or a key is missing, unknown or not filled in.
    """
    entries = parse_toml(text, "the list of known failures")
    return KnownFailures(entries={id_: _entry(catalogue, id_, values) for id_, values in entries.items()}, today=today)


def _entry(catalogue: Catalogue, id_: str, values: object) -> KnownFailure:
    catalogue.find(id_)
    table = TomlTable(values, f"known failure {id_}", (*_REQUIRED, *_OPTIONAL))
    missing = [name for name in _REQUIRED if name not in table.values]
    if missing:
        raise ProfileError(f"known failure {id_} has no {missing[0]!r}, expected {', '.join(_REQUIRED)}")
    return KnownFailure(
        rule_id=id_,
        reason=_words(table, "reason"),
        owner=_words(table, "owner"),
        expires=_day(table, "expires"),
        symptoms=_symptoms(table, "symptoms"),
    )


def _words(table: TomlTable, key: str) -> str:
    text = table.text(key)
    if text is None or not any(map(str.isalnum, text)):
        raise table.refusal(key, "words that say it")
    return text


def _day(table: TomlTable, key: str) -> date:
    day = table.values[key]
    # An instant is a day too in Python, and would be compared with none.
    if type(day) is not date:
        raise table.refusal(key, "a day without quotes, as in 2027-01-31")
    return day


def _symptoms(table: TomlTable, key: str) -> tuple[str, ...]:
    listed = table.texts(key)
    if not all(re.fullmatch("[0-9a-f]{8}", item) for item in listed):
        raise table.refusal(key, 'those that a report shows, as in ["1f3a9c02"]')
    return listed
