"""Whether one deployment is slower than another: verdicts, intervals, and when to stop. Pure."""
