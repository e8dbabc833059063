"""What the generator itself can measure on this machine: how late its stamps are, and how much it can read."""
