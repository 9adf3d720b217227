"""The catalogue of problems a user can act on, by subject.

The troubleshooting page in `docs/` is generated from `CATALOGUE`, so that a message and its documentation cannot drift
apart.
"""

from __future__ import annotations

from itertools import chain

from pipeline.problems.catalogue import (
    access,
    aws_iam,
    decisions,
    files,
    home,
    identity_center,
    landing,
    network_directories,
    onboarding,
    reviews,
    services,
    warehouse,
)
from pipeline.problems.kinds import ProblemKind

SUBJECTS = (
    access,
    aws_iam,
    identity_center,
    network_directories,
    home,
    onboarding,
    landing,
    files,
    warehouse,
    decisions,
    reviews,
    services,
)

CATALOGUE: dict[str, ProblemKind] = {
    kind.code: kind for kind in chain.from_iterable(subject.KINDS for subject in SUBJECTS)
}
