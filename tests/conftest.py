"""How long property tests search: a little everywhere, long where NEWSCLF_NIGHTLY is set."""

import os

from hypothesis import settings

# No deadline: machines that build are busy, and a slow example is no fault.
settings.register_profile("daily", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=3000)
settings.load_profile("nightly" if os.environ.get("NEWSCLF_NIGHTLY") else "daily")
