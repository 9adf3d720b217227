"""Dagster's pages over a home, as a browser asks them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LOCATION = "pipeline.definitions"
ENTRIES = """metadataEntries { label description
  ... on TextMetadataEntry { text } ... on JsonMetadataEntry { jsonString } ... on PathMetadataEntry { path }
  ... on UrlMetadataEntry { url } ... on TableMetadataEntry { table { records } } ... on MarkdownMetadataEntry { mdStr }
}"""
RUNS = "{ runsOrError { ... on Runs { results { runId jobName status runConfigYaml tags { key value } } } } }"
LOGS = """query ($run: ID!, $after: String) { logsForRun(runId: $run, afterCursor: $after, limit: 1000) {
  ... on EventConnection { cursor hasMore events { __typename ... on MessageEvent { message eventType level }
    ... on MaterializationEvent { description ENTRIES } ... on ObservationEvent { description ENTRIES }
    ... on AssetCheckEvaluationEvent { evaluation { checkName success description ENTRIES } }
    ... on ExecutionStepFailureEvent { error { message stack } failureMetadata { ENTRIES } }
    ... on RunFailureEvent { error { message stack } } } } } }""".replace("ENTRIES", ENTRIES)
ASSETS = """{ assetsOrError { ... on AssetConnection {
  nodes { key { path } definition { description ENTRIES } } } } }""".replace("ENTRIES", ENTRIES)
RESOURCES = """{ repositoriesOrError { ... on RepositoryConnection { nodes { allTopLevelResourceDetails {
  name description configuredValues { key value type } } } } } }"""
SENSORS = """{ sensorsOrError(repositorySelector: {repositoryName: "__repository__",
  repositoryLocationName: "pipeline.definitions"}) { ... on Sensors { results { name sensorState { status
  ticks(limit: 20) { status skipReason error { message stack } logEvents { events { message } } } } } } } }"""
INSTANCE = """{ instance { info daemonHealth { allDaemonStatuses { daemonType
  lastHeartbeatErrors { message } } } } }"""
EVERYTHING_ELSE = (ASSETS, RESOURCES, SENSORS, INSTANCE)
LAUNCH = """mutation ($params: ExecutionParams!) { launchRun(executionParams: $params) { __typename
  ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""


class Pages:
    """What a browser would be told. `seen` keeps every answer."""

    def __init__(self, port: int) -> None:
        self.url, self.seen = f"http://127.0.0.1:{port}", list[bytes]()

    def ask(self, question: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = json.dumps({"query": question, "variables": dict(variables or {})}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            self.seen.append(answer.read())
        found: dict[str, Any] = json.loads(self.seen[-1])
        assert "errors" not in found, found["errors"]
        return dict(found["data"])

    def runs(self) -> list[dict[str, Any]]:
        return list(self.ask(RUNS)["runsOrError"]["results"])

    def logs(self, run_id: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        after, more = None, True
        while more:
            page = self.ask(LOGS, {"run": run_id, "after": after})["logsForRun"]
            events += page["events"]
            after, more = page["cursor"], page["hasMore"]
        return events

    def launch(self, job: str, first: str, last: str) -> str:
        """A run over the partitions from `first` to `last`."""
        selector = {"repositoryName": "__repository__", "repositoryLocationName": LOCATION, "pipelineName": job}
        ends = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
        tags = [{"key": key, "value": value} for key, value in ends.items()]
        params = {"selector": selector, "mode": "default", "executionMetadata": {"tags": tags}}
        answer = self.ask(LAUNCH, {"params": params})["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return str(answer["run"]["runId"])


@contextmanager
def served(port: int, environ: Mapping[str, str], said: Path, *options: str) -> Iterator[Pages]:
    """`certify ui` for a while; what it and its children write goes into `said`."""
    command = [sys.executable, "-m", "pipeline.cli.app", "ui", "--port", str(port), "--json", *options]
    with said.open("wb") as stream, subprocess.Popen(command, env=environ, stdout=stream, stderr=stream) as ui:
        try:
            until(lambda: b'"pid"' in said.read_bytes() or ui.poll() is not None, 180, "an answer")
            assert ui.poll() is None, said.read_text()
            yield Pages(port)
        finally:
            os.kill(ui.pid, signal.SIGTERM)
            ui.wait(60)


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds:g} s"
        time.sleep(0.5)
