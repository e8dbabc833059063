"""What scenarios say of when streams begin: in stages, in blocks, in turns, or by a plan."""
