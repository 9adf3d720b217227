"""A writer to S3 that is killed between any two steps, again and again; run as a program of its own.

pyarrow's S3 client must not live on both sides of a fork, so here only forked children ever make one. Prints one line a
death: how many snapshots there are afterwards, or what was torn.
"""

from __future__ import annotations

import os
import sys

import boto3
from pyarrow import fs

from pipeline.landing import s3_storage, store
from pipeline.landing.store import Landing
from tests.integration.landing.samples import land, snapshot
from tests.support.killing import die_at_line, lines_of, steps_worth_dying_at

WARM = (boto3, fs)
"""Imported here, so that no child has to."""
FILES = (store.__file__, s3_storage.__file__)


def write(url: str) -> None:
    land(Landing(url), snapshot(50))


def look(url: str) -> None:
    """Print what is at `url`, verified; in a child."""
    pid = os.fork()
    if pid == 0:
        landing = Landing(url)
        attempts = landing.attempts("file", "people")
        torn = [
            each for each in attempts if landing.table(each, "accounts").num_rows != 50 or each.status != "complete"
        ]
        sys.stdout.write("torn\n" if torn else f"{len(attempts)}\n")
        sys.stdout.flush()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status:
        sys.stdout.write("unreadable\n")
        sys.stdout.flush()


def main(url: str) -> None:
    steps = [*steps_worth_dying_at(lines_of(lambda: write(f"{url}/rehearsal"), FILES))]
    for step in steps[-24::2]:  # before these nothing has been put yet
        die_at_line(lambda step=step: write(f"{url}/{step}"), FILES, step)
        look(f"{url}/{step}")


if __name__ == "__main__":
    main(sys.argv[1])
