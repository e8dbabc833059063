"""The words for what changed since an earlier report."""

from conformance.judging.comparison import Change, Comparison, RuleChange

__all__ = ["change_words", "named_change", "said_of", "since_headline"]

_WORDS = {
    Change.NEW: "new",
    Change.STILL_FAILING: "still failing",
    Change.NO_LONGER_JUDGED: "no longer judged",
    Change.FIXED: "fixed",
}


def change_words(change: Change) -> str:
    """A kind of change, for people."""
    return _WORDS[change]


def since_headline(comparison: Comparison) -> str:
    """How many rules changed in each way, in one line."""
    if not comparison.changes:
        return "nothing fell short then or now" if comparison.is_comparable else "nothing to compare"
    return ", ".join(f"{number} {words}" for change, words in _WORDS.items() if (number := comparison.count(change)))


def named_change(change: RuleChange) -> str:
    """The rule that changed: level, id and name."""
    return f"{change.level} {change.rule_id} {change.name}"


def said_of(change: RuleChange) -> str:
    """What became of the rule, and what else there is to say."""
    words = _WORDS[change.change]
    return f"{words}: {change.detail}" if change.detail else words
