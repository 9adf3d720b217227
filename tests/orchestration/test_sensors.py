"""What the daemon does by itself: partitions follow connections.yaml, and a build follows the last of the reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipeline.connections.yaml_file import load_connections, remove_connection
from pipeline.home import Home
from pipeline.orchestration.assemble import build_defs
from pipeline.orchestration.assets.landing import landing_key
from pipeline.orchestration.following import connections_in_flight, follow
from pipeline.orchestration.instance import CERTIFY_SYNC, STARTED_BY, open_instance
from pipeline.orchestration.jobs import PARTITION, RANGE_END, RANGE_START, extract_requests, nightly, span_of
from pipeline.orchestration.resources import HomeResource
from pipeline.orchestration.sensors import build_after_reading, connections_changed
from pipeline.problems import CertifyError

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


def after(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.RunRequest | dg.SkipReason:
    event = dg.DagsterEvent("PIPELINE_SUCCESS", run.job_name, message="done")
    context = dg.build_run_status_sensor_context(
        sensor_name="build_after_reading", dagster_instance=instance, dagster_run=run, dagster_event=event
    )
    answer = build_after_reading(context)
    assert isinstance(answer, (dg.RunRequest, dg.SkipReason))
    return answer


def test_a_build_follows_the_last_read_only_and_never_a_sync_that_builds_by_itself(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    defs = build_defs(resources={"home": HomeResource(root=str(tmp_path))})
    read = defs.resolve_job_def("extract_file")
    first, second = (instance.create_run_for_job(read, status=STARTED) for _ in range(2))
    instance.add_run_tags(first.run_id, {})
    by_hand = instance.create_run_for_job(
        defs.resolve_job_def("extract_aws_iam"), asset_selection=frozenset({landing_key("aws_iam")})
    )
    of_sync = instance.create_run_for_job(read, tags={STARTED_BY: CERTIFY_SYNC})
    build = instance.create_run_for_job(defs.resolve_job_def("build"))

    instance.report_run_canceled(by_hand)
    instance.report_run_canceled(of_sync)
    instance.report_run_canceled(first)
    assert isinstance(after(instance, first), dg.SkipReason), "the second is still reading"
    instance.report_run_canceled(second)
    request = after(instance, second)
    assert isinstance(request, dg.RunRequest)
    assert request.run_key == second.run_id
    assert isinstance(after(instance, by_hand), dg.RunRequest)
    assert isinstance(after(instance, of_sync), dg.SkipReason)
    assert isinstance(after(instance, build), dg.SkipReason)
