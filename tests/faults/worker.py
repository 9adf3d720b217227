"""A process that has imported everything and forks one child for each thing it is to do: a real process in no time.

It has one thread, so a fork is safe. A line on stdin is `WORK HOME NUMBER`; the answer is the child's process id, and
once that has ended `PID STATUS`, its exit code or minus the signal. A child writes what it has to say into
`<home>/../said-<pid>`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.alerts import outbox
from pipeline.alerts.check_state import CheckState
from pipeline.cli.app import main
from pipeline.connections.yaml_file import load_connections
from pipeline.home import Home
from pipeline.landing.extraction import extract_many
from pipeline.landing.store import Landing
from pipeline.ledger.decisions import Decision, Verb, new_id
from pipeline.ledger.store import Ledger
from pipeline.orchestration.run import run_sync
from pipeline.settings import load_settings
from pipeline.warehouse.build import build as build_tables
from pipeline.warehouse.load import load as load_tables
from pipeline.warehouse.publish import publish as publish_tables


def sync(home: Home, _: int) -> int:
    return int(run_sync(home).exit_code)


def extract(home: Home, _: int) -> int:
    settings = load_settings(home, os.environ)
    extract_many(
        load_connections(home, os.environ),
        landing=Landing.of(home, settings, os.environ),
        settings=settings,
        clock=lambda: datetime.now(UTC),
        run_id="extract",
    )
    return 0


def load(home: Home, _: int) -> int:
    settings = load_settings(home, os.environ)
    with home.lock("loading"):
        landing = Landing.of(home, settings, os.environ)
        load_tables(home, landing, load_connections(home, os.environ), settings, datetime.now(UTC))
    return 0


def build(home: Home, _: int) -> int:
    with home.lock("building"):
        return int(build_tables(home).problem is not None)


def publish(home: Home, _: int) -> int:
    with home.lock("publishing"):
        publish_tables(home, run_id=f"by {os.getpid()}", published_at=datetime.now(UTC))
    return 0


def decide(home: Home, number: int) -> int:
    now = datetime.now(UTC)
    with Ledger.of(home).writing() as writer:
        for half in ("a", "b"):
            about, text = f"nowhere:{number}-{half}", f"after {len(writer.decisions)}"
            writer.record(Decision(new_id(), Verb.KIND, about, "service", text, "auditor", now, None, "root", now))
    return 0


def alert(home: Home, number: int) -> int:
    """A tick of the alerting sensor that has seen one more check fail."""
    settings, log, now = load_settings(home, os.environ), logging.getLogger("alerts"), datetime.now(UTC)
    with home.lock("alerting", name=outbox.LOCK):
        state = outbox.load(home)
        seen = [CheckState(asset="landing/file", check=f"check_{number}", state="failing", at=now, what="it fails")]
        outbox.note(home, state, seen, [each.key for each in seen], settings=settings, now=now, log=log)
        outbox.deliver(home, state, settings=settings, log=log)
    return 0


def findings(home: Home, _: int) -> int:
    return main(["findings", "--json", "--home", str(home.root)])


def decision(home: Home, number: int) -> int:
    """As an analyst takes one, and undoes it."""
    said = ["--reason", f"round {number}", "--home", str(home.root)]
    taken = main(["identity", "kind", "staging:robot", "service", *said])
    if taken:
        return taken
    mine = [each for each in Ledger.of(home).read() if each.reason == f"round {number}"]
    return main(["identity", "undo", mine[-1].decision_id, *said])


def page_run(home: Home, _: int) -> int:
    """The job `build` as a run of the Dagster pages carries it out: it takes the lock by itself, or waits for it."""
    from pipeline.orchestration.build_definitions import build_defs
    from pipeline.orchestration.instance import open_instance
    from pipeline.orchestration.resources import HomeResource

    defs = build_defs(resources={"home": HomeResource(root=str(home.root))})
    with open_instance(home) as instance:
        return int(not defs.resolve_job_def("build").execute_in_process(instance=instance).success)


def certify_sync(home: Home, _: int) -> int:
    return main(["sync", "--home", str(home.root)])


WORK: dict[str, Callable[[Home, int], int]] = {
    each.__name__: each
    for each in (sync, extract, load, build, publish, decide, alert, findings, decision, page_run, certify_sync)
}


def _child(work: str, home: Home, number: int) -> None:
    said = os.open(home.root.parent / f"said-{os.getpid()}", os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    code = 1
    try:
        code = WORK[work](home, number)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve() -> None:
    """Fork for each line until stdin ends."""
    import dagster_dbt  # noqa: F401
    import dbt.cli.main  # noqa: F401

    assert threading.active_count() == 1, threading.enumerate()
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _child(request["work"], Home(Path(request["home"])), request["number"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
