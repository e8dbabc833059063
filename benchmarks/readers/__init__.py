"""How late readers of event streams stamp events, and what reading costs them."""
