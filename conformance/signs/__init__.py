"""Signs that several rules look for: how events came, whose pictures they show, what was lost on the way."""
