"""Hypothesis without a deadline: how long an example takes says more of the machine than of the code."""

import os

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.register_profile("patient-ci", settings.get_profile("ci"), deadline=None)
settings.load_profile("patient-ci" if os.environ.get("CI") else "patient")
