"""What the daemon does by itself: partitions follow connections.yaml, and a build follows whatever was landed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import duckdb
import pytest

from pipeline.connections.yaml_file import load_connections, remove_connection
from pipeline.home import Home
from pipeline.landing.extraction import extract_many
from pipeline.landing.store import Landing
from pipeline.orchestration.build_definitions import build_defs
from pipeline.orchestration.instance import CERTIFY_SYNC, READER, STARTED_BY, open_instance
from pipeline.orchestration.jobs import PARTITION, RANGE_END, RANGE_START, extract_requests, nightly, span_of
from pipeline.orchestration.partition_sync import connections_in_flight, follow
from pipeline.orchestration.resources import HomeResource
from pipeline.orchestration.sensors import build_when_due, connections_changed
from pipeline.problems import CertifyError
from pipeline.readers import reading
from pipeline.settings import load_settings

STARTED = dg.DagsterRunStatus.STARTED


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def tick(home: Home, instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    with dg.build_sensor_context(instance=instance, resources={"home": HomeResource(root=str(home.root))}) as context:
        result = connections_changed(context)
    assert isinstance(result, (dg.SensorResult, dg.SkipReason))
    return result


def names(home: Home) -> list[str]:
    return [connection.name for connection in load_connections(home, os.environ)]


def test_new_connections_get_a_partition_and_are_read(home: Home, instance: dg.DagsterInstance) -> None:
    result = tick(home, instance)

    assert isinstance(result, dg.SensorResult)
    added = {
        request.partitions_def_name: list(request.partition_keys)
        for request in result.dynamic_partitions_requests or []
    }
    assert added == {"aws_iam_connections": ["production", "staging"], "file_connections": ["people"]}
    asked = {run.job_name: dict(run.tags) for run in result.run_requests or []}
    assert asked["extract_aws_iam"].items() >= {RANGE_START: "production", RANGE_END: "staging"}.items()
    assert asked["extract_file"][PARTITION] == "people"


def test_nothing_happens_while_the_file_stays_the_same(home: Home, instance: dg.DagsterInstance) -> None:
    follow(instance, load_connections(home, os.environ))
    assert isinstance(tick(home, instance), dg.SkipReason)


def test_a_partition_is_not_deleted_under_a_run_that_is_about_it(home: Home, instance: dg.DagsterInstance) -> None:
    follow(instance, load_connections(home, os.environ))
    remove_connection(home, "production", os.environ)
    job = build_defs().resolve_job_def("extract_aws_iam")
    run = instance.create_run_for_job(job, tags={RANGE_START: "production", RANGE_END: "staging"}, status=STARTED)

    assert connections_in_flight(instance, "aws_iam", ["production", "staging"]) == {"production", "staging"}
    assert isinstance(tick(home, instance), dg.SkipReason)

    instance.report_run_failed(run)
    result = tick(home, instance)
    assert isinstance(result, dg.SensorResult)
    assert [list(request.partition_keys) for request in result.dynamic_partitions_requests or []] == [["production"]]
    assert not result.run_requests


def test_a_faulty_file_fails_the_tick_and_changes_nothing(home: Home, instance: dg.DagsterInstance) -> None:
    follow(instance, load_connections(home, os.environ))
    home.connections_file.write_text("connections: [{name: production, kind: aws_iam, role: x}]\n")

    with pytest.raises(CertifyError, match=r"connections\.yaml"):
        tick(home, instance)
    assert instance.get_dynamic_partitions("aws_iam_connections") == ["production", "staging"]


def test_every_night_all_connections_of_a_kind_are_read_in_one_run(home: Home) -> None:
    resources = {"home": HomeResource(root=str(home.root))}
    at = datetime(2026, 11, 24, 2, tzinfo=UTC)
    with open_instance(home) as instance:
        follow(instance, load_connections(home, os.environ))
        with dg.build_schedule_context(instance, scheduled_execution_time=at, resources=resources) as context:
            requests = list(nightly("aws_iam")(context))  # type: ignore[call-overload]

    assert [(each.job_name, each.run_key) for each in requests] == [("extract_aws_iam", "2026-11-24/aws_iam")]
    assert requests[0].tags.items() >= {RANGE_START: "production", RANGE_END: "staging"}.items()


def test_names_with_a_gap_between_them_are_listed_in_the_runs_config(home: Home, instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions("aws_iam_connections", ["production", "other", "staging"])
    (request,) = extract_requests(instance, load_connections(home, os.environ)[:2], accept_shrink=["staging"])

    assert request.tags.items() >= {RANGE_START: "production", RANGE_END: "staging"}.items()
    assert request.run_config == {
        "ops": {"land_aws_iam": {"config": {"connections": ["production", "staging"], "accept_shrink": ["staging"]}}}
    }
    assert span_of(["a", "b", "c", "d"], ["b", "d"]) == ["b", "c", "d"]
    assert span_of(["a"], ["z"]) == []


def land(home: Home) -> str:
    """Read the roster; gives the snapshot's id."""
    people = [each for each in load_connections(home, os.environ) if each.name == "people"]
    landing, settings = Landing.of(home, load_settings(home, {}), {}), load_settings(home, {})
    [manifest] = extract_many(
        people, landing=landing, settings=settings, clock=lambda: datetime.now(UTC), run_id="by hand"
    )
    return manifest.snapshot_id


def publish(home: Home, snapshot_id: str) -> None:
    """A published file that was judged by this attempt."""
    with duckdb.connect(str(home.published)) as database:
        database.execute("create schema if not exists operations")
        database.execute(
            "create or replace table operations.sync_runs as select 'people' as directory_id, ? as snapshot_id",
            [snapshot_id],
        )


def due(home: Home, instance: dg.DagsterInstance, cursor: str | None = None) -> tuple[str | None, str | None]:
    """The key of the build that is asked for, if any, and the cursor after the tick."""
    resources = {"home": HomeResource(root=str(home.root))}
    with dg.build_sensor_context(instance=instance, resources=resources, cursor=cursor) as context:
        answer = build_when_due(context)
        return (answer.run_key if isinstance(answer, dg.RunRequest) else None), context.cursor


def test_a_build_is_due_when_something_was_landed_that_is_not_published(
    home: Home, instance: dg.DagsterInstance
) -> None:
    assert due(home, instance)[0] is None, "nothing was landed"
    snapshot = land(home)
    key, cursor = due(home, instance)
    assert key is not None
    assert due(home, instance)[0] == key, "one that fails is not asked for twice: Dagster knows the key"
    assert due(home, instance, cursor)[0] is None, "no run has ended since"
    publish(home, snapshot)
    assert due(home, instance)[0] is None
    land(home)
    assert due(home, instance)[0] not in (None, key)


@pytest.mark.parametrize("end", ["report_run_failed", "report_run_canceled"])
def test_a_build_is_due_however_the_run_that_landed_has_ended(
    home: Home, instance: dg.DagsterInstance, end: str
) -> None:
    """A sibling that fails, or a run that is killed after it has landed something, loses no night."""
    read = build_defs().resolve_job_def("extract_file")
    run = instance.create_run_for_job(read, status=STARTED)
    land(home)
    key, cursor = due(home, instance)
    assert key is None, "it may still be reading"
    getattr(instance, end)(run)
    assert due(home, instance, cursor)[0] is not None


def test_the_runs_of_a_sync_wait_for_it_while_it_lives(home: Home, instance: dg.DagsterInstance) -> None:
    defs = build_defs()
    land(home)
    with reading(home, ["people"]) as token:
        tags = {STARTED_BY: CERTIFY_SYNC, READER: token}
        instance.create_run_for_job(defs.resolve_job_def("extract_file"), tags=tags, status=STARTED)
        assert due(home, instance)[0] is None, "it builds by itself"
    assert due(home, instance)[0] is not None, "it was killed, and what it landed is there"
    instance.create_run_for_job(defs.resolve_job_def("build"), status=STARTED)
    assert due(home, instance)[0] is None, "a build is under way"
    with home.lock("certify sync"):
        assert due(home, instance)[0] is None


def test_a_published_file_that_cannot_be_read_is_built_anew(home: Home, instance: dg.DagsterInstance) -> None:
    land(home)
    home.published.write_bytes(b"not a database")
    assert due(home, instance)[0] is not None
