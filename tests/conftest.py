"""What holds for every test.

Belongs here: settings of the test tools themselves. Fixtures live with the tests that use them.
"""

from __future__ import annotations

from hypothesis import settings

# Speed is measured in benchmarks/; a busy machine must not fail a promise about values. The blob repeats a failure.
settings.register_profile("ours", deadline=None, print_blob=True)
settings.load_profile("ours")
