"""From transcripts to a report: verdicts, what excuses them, which rules count. Pure."""
