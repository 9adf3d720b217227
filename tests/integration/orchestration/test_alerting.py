"""Alerts from checks that Dagster really recorded: of syncs, of connections that really failed, over many runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import dagster as dg
import pytest

from pipeline.alerts import outbox
from pipeline.connections.yaml_file import choose, load_connections, remove_connection, update_connection
from pipeline.demo.emulator import Emulator
from pipeline.home import Home
from pipeline.ledger.store import Ledger
from pipeline.orchestration import alerting
from pipeline.orchestration.assets.landing import landing_key
from pipeline.orchestration.build_definitions import build_defs
from pipeline.orchestration.instance import open_instance
from pipeline.orchestration.jobs import extract_requests
from pipeline.orchestration.resources import HomeResource
from pipeline.orchestration.run import QUIET, run_sync
from pipeline.orchestration.sensors import checks_alert
from pipeline.warehouse.query import query
from tests.integration.alerts.servers import MailServer, Webhook
from tests.integration.orchestration.conftest import ACCOUNTS
from tests.unit.ledger.deciding import decision, undoing

SETTINGS = """\
alert_webhook_url_file: webhook
alert_email_to: [ops@example.org]
alert_email_from: certify@example.org
alert_smtp_url: smtp://127.0.0.1:{port}
"""
Tick = Callable[[Home], str]


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_defs().get_repository_def()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as running:
        yield running


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture
def alerted(synced: Home, webhook: Webhook, mail_server: MailServer) -> Home:
    """A home after a good sync, whose settings name both servers."""
    (synced.root / "webhook").write_text(webhook.url)
    synced.settings_file.write_text(SETTINGS.format(port=mail_server.port))
    return synced


@pytest.fixture
def tick(repository: dg.RepositoryDefinition) -> Tick:
    """One tick of the sensor, in a Dagster that was just started: nothing is kept but what is on disk."""

    def ticked(home: Home) -> str:
        resources = {"home": HomeResource(root=str(home.root))}
        with (
            open_instance(home) as instance,
            dg.build_sensor_context(instance, repository_def=repository, resources=resources) as context,
        ):
            reason = checks_alert(context)
        assert isinstance(reason, dg.SkipReason)
        return str(reason.skip_message)

    return ticked


def read(home: Home, names: Sequence[str] = ()) -> None:
    """The first half of a sync: the checks on connections come of it, and it takes a second."""
    defs = build_defs(resources={"home": HomeResource(root=str(home.root))})
    connections = load_connections(home, os.environ)
    with open_instance(home) as instance:
        for request in extract_requests(instance, choose(connections, names, home)):
            job = defs.resolve_job_def(str(request.job_name))
            job.execute_in_process(
                run_config={**QUIET, **(request.run_config or {})}, instance=instance, tags=request.tags
            )


def told(webhook: Webhook, number: int = -1) -> dict[str, list[tuple[str, str]]]:
    found = webhook.requests[number][2]
    lists = ("failing", "healthy", "no_longer_watched", "still_failing")
    return {name: [(each["check"], each["connection"]) for each in found[name]] for name in lists if found[name]}


def test_one_alert_over_many_runs_and_one_word_when_it_is_healthy_again(
    alerted: Home, connected: Emulator, webhook: Webhook, mail_server: MailServer, tick: Tick
) -> None:
    assert tick(alerted) == "nothing new; 0 delivered, 0 to be tried again"
    connected.faults.deny("iam:ListUsers", account=ACCOUNTS["production"])
    read(alerted)
    read(alerted)
    assert tick(alerted) == "an alert was made; 2 delivered, 0 to be tried again"
    read(alerted, ["staging"])  # says nothing new of production
    read(alerted)
    assert tick(alerted).startswith("nothing new")
    assert told(webhook) == {"failing": [("can_read", "production")]}
    [failure] = webhook.requests[0][2]["failing"]
    assert (failure["asset"], failure["code"], failure["error_code"]) == (
        "landing/aws_iam",
        "read_denied",
        "AccessDenied",
    )
    assert "Not authorized to perform iam:ListUsers" in failure["what"]
    assert "IAMReadOnlyAccess" in failure["remedy"]

    connected.faults.clear()
    read(alerted, ["production"])
    tick(alerted)
    tick(alerted)
    assert told(webhook) == {"healthy": [("can_read", "production")]}
    subjects = [mail.parsed["Subject"] for mail in mail_server.mails]
    assert subjects == [
        "[certify] 1 check started to fail: can_read of production",
        "[certify] healthy again: can_read of production",
    ]
    assert len(webhook.requests) == 2


def test_a_check_that_could_not_be_tried_is_not_healthy(
    alerted: Home, connected: Emulator, webhook: Webhook, tick: Tick
) -> None:
    connected.faults.deny("iam:ListUsers", account=ACCOUNTS["production"])
    read(alerted, ["production"])
    tick(alerted)
    update_connection(alerted, "production", {"external_id": "cc-0123456789abcdef-another"})
    read(alerted, ["production"])
    tick(alerted)
    assert told(webhook) == {
        "failing": [("can_assume_role", "production")],
        "still_failing": [("can_read", "production")],
    }
    connected.faults.clear()
    update_connection(alerted, "production", {"external_id": "cc-0123456789abcdef-production"})
    read(alerted, ["production"])
    tick(alerted)
    assert told(webhook) == {"healthy": [("can_assume_role", "production"), ("can_read", "production")]}


def test_a_roster_that_is_gone_and_the_verdicts_it_closes_are_one_alert(
    alerted: Home, connected: Emulator, webhook: Webhook, tick: Tick
) -> None:
    roster = (alerted.root / "hr.csv").read_bytes()
    (alerted.root / "hr.csv").unlink()
    run_sync(alerted)
    tick(alerted)
    assert ("can_read", "people") in told(webhook)["failing"]
    (alerted.root / "hr.csv").write_bytes(roster)
    run_sync(alerted)
    tick(alerted)
    assert told(webhook)["healthy"] == told(webhook, 0)["failing"]
    assert len(webhook.requests) == 2


def test_accounts_in_quarantine_are_one_alert_that_says_what_ends_it(
    alerted: Home, connected: Emulator, webhook: Webhook, tick: Tick
) -> None:
    [(ada,)] = query(
        alerted, "select account_key from inventory.accounts where account_key like 'staging:%' and username = 'ada'"
    ).rows
    with Ledger.of(alerted).writing() as writer:  # as a person is stopped from doing, and a roster that changes is not
        for kind in ("human", "service"):
            writer.record(decision("kind", str(ada), kind))
    run_sync(alerted)
    tick(alerted)
    tick(alerted)
    assert told(webhook) == {"failing": [("self_checks_hold", "")]}
    [failure] = webhook.requests[0][2]["failing"]
    assert failure["asset"] == "operations/self_check_failures"
    assert f"decisions_agree: 1 accounts, such as {ada}" in failure["what"]
    assert "certify identity undo" in failure["remedy"]

    with Ledger.of(alerted).writing() as writer:
        writer.undo(writer.decisions[0].decision_id, undoing())
    run_sync(alerted)
    tick(alerted)
    assert told(webhook) == {"healthy": [("self_checks_hold", "")]}
    assert len(webhook.requests) == 2


def test_a_connection_that_was_removed_is_no_longer_watched_and_not_called_healthy(
    alerted: Home, connected: Emulator, webhook: Webhook, tick: Tick
) -> None:
    connected.faults.deny("iam:ListUsers", account=ACCOUNTS["production"])
    read(alerted)
    tick(alerted)
    remove_connection(alerted, "production", os.environ)
    tick(alerted)
    assert told(webhook) == {"no_longer_watched": [("can_read", "production")]}


def test_while_a_run_is_under_way_its_alert_waits_but_not_for_ever(
    alerted: Home, connected: Emulator, webhook: Webhook, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected.faults.deny("iam:ListUsers", account=ACCOUNTS["production"])
    read(alerted)
    with open_instance(alerted) as instance:
        job = build_defs().resolve_job_def("build")
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    assert tick(alerted).startswith("a run is under way")
    assert webhook.requests == []
    since = outbox.load(alerted).waiting_since
    assert tick(alerted).startswith("a run is under way")
    assert since is not None
    assert outbox.load(alerted).waiting_since == since
    state = outbox.load(alerted)
    state.waiting_since = since - alerting.LONGEST_WAIT
    outbox.save(alerted, state)
    assert tick(alerted).startswith("an alert was made")
    assert told(webhook) == {"failing": [("can_read", "production")]}


def test_what_was_not_delivered_is_at_the_next_tick_also_while_a_run_is_under_way(
    alerted: Home, connected: Emulator, webhook: Webhook, mail_server: MailServer, tick: Tick
) -> None:
    connected.faults.deny("iam:ListUsers", account=ACCOUNTS["production"])
    read(alerted)
    webhook.statuses = [503]
    assert tick(alerted) == "an alert was made; 1 delivered, 1 to be tried again"
    with open_instance(alerted) as instance:
        instance.create_run_for_job(build_defs().resolve_job_def("build"), status=dg.DagsterRunStatus.STARTED)
    assert tick(alerted) == "a run is under way, and is waited for; 1 delivered, 0 to be tried again"
    assert (len(webhook.requests), len(mail_server.mails)) == (1, 1)


def test_two_ticks_at_once_deliver_nothing_twice(alerted: Home, connected: Emulator, tick: Tick) -> None:
    with alerted.lock("alerting", name=outbox.LOCK):
        assert tick(alerted) == "another tick is still delivering"


CHECK = dg.AssetCheckKey(dg.AssetKey(["findings", "orphaned_accounts"]), "orphan_verdicts_available")


def evaluated(instance: dg.DagsterInstance, *, passed: bool, severity: str = "ERROR") -> None:
    @dg.asset_check(asset=CHECK.asset_key, name=CHECK.name)
    def check() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=passed, severity=dg.AssetCheckSeverity(severity), description="closed")

    dg.materialize([check], instance=instance, selection=dg.AssetSelection.checks(check))


def planned(instance: dg.DagsterInstance) -> None:
    """A run that died before it came to the check."""

    @dg.asset_check(asset=CHECK.asset_key, name=CHECK.name)
    def check() -> dg.AssetCheckResult:
        raise ValueError("killed")

    dg.materialize([check], instance=instance, selection=dg.AssetSelection.checks(check), raise_on_error=False)


def state(instance: dg.DagsterInstance) -> list[str]:
    return [sighting.state for sighting in alerting.sightings(instance, [CHECK])]


def test_a_run_that_died_hides_no_failure_and_proves_no_health() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert state(instance) == []
        planned(instance)
        assert state(instance) == []
        evaluated(instance, passed=False)
        planned(instance)
        assert state(instance) == ["failing"]
        evaluated(instance, passed=True)
        assert state(instance) == ["healthy"]
        planned(instance)
        assert state(instance) == ["unknown"]


def test_a_warning_is_advice_and_no_alert() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        evaluated(instance, passed=False, severity="WARN")
        assert state(instance) == ["unknown"]


def test_everything_that_can_fail_is_watched(synced: Home, repository: dg.RepositoryDefinition) -> None:
    checks = sorted(repository.asset_graph.asset_check_keys)
    connections = HomeResource(root=str(synced.root)).connections
    keys = set(alerting.watched(checks, connections))
    assert ("landing/aws_iam", "can_assume_role", "production") in keys
    assert ("landing/file", "can_read", "people") in keys
    assert ("findings/orphaned_accounts", "orphan_verdicts_available", "") in keys
    with open_instance(synced) as instance:
        seen = list(alerting.sightings(instance, checks))
    assert {sighting.key for sighting in seen} <= keys
    assert {sighting.state for sighting in seen if sighting.asset == landing_key("aws_iam").to_user_string()} == {
        "healthy"
    }
