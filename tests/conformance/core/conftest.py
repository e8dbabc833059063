from hypothesis import settings

# Shared machines are slow in bursts; a slow example is no failure here, and nothing in this folder is timed.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")
