"""How many streams at once a generator can read: doubled until it is too many, then halved in between. Pure."""

from dataclasses import dataclass, field

__all__ = ["CapacitySearch"]

_CLOSE_ENOUGH = 1.15


@dataclass(slots=True, kw_only=True)
class CapacitySearch:
    """Ask :attr:`next_users`, try, and :meth:`tell` what came of it, until there is no next one.

    Attributes:
        first_users: Where it begins.
        most_users: Where it ends, even if that is not too many.
        most_trials: After how many trials it ends in any case.
        best_users: The most that were read well; 0 for none.
        fewest_failing: The fewest that were too many, or None.
    """

    first_users: int
    most_users: int = 4096
    most_trials: int = 12
    best_users: int = 0
    fewest_failing: int | None = None
    _trials: int = field(default=0, init=False)

    @property
    def next_users(self) -> int | None:
        """How many to try next, or None when it is known well enough."""
        if self._trials >= self.most_trials:
            return None
        if self.fewest_failing is None:
            wanted = self.best_users * 2 or self.first_users
            return min(wanted, self.most_users) if self.best_users < self.most_users else None
        if self.fewest_failing <= max(1, self.best_users) * _CLOSE_ENOUGH or self.fewest_failing - self.best_users < 2:
            return None
        return (self.best_users + self.fewest_failing) // 2

    def tell(self, users: int, *, is_well: bool) -> None:
        """So many were tried, and read well or not."""
        self._trials += 1
        if is_well:
            self.best_users = max(self.best_users, users)
        elif self.fewest_failing is None or users < self.fewest_failing:
            self.fewest_failing = users
