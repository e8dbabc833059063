"""When a figure changed over a history of runs, by how much, and between which commits."""
