"""Candidate against baseline in turns: the command, its reports, and the pytest fixture."""
