"""What all tests share: the modules of named cases on the path, and how Hypothesis searches."""

import os
import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent / "cases"))  # importlib mode adds no test folder

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("search", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
