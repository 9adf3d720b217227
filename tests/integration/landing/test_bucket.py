"""The landing in S3, against a server that speaks it: the same promise as on disk."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from pipeline.landing import s3_storage as buckets
from pipeline.landing.s3_storage import S3Storage
from pipeline.landing.store import Landing
from pipeline.problems import CertifyError
from tests.integration.landing.samples import EVENING, failed, land, snapshot

SERIES = ("file", "people")
HALF = "20260101T000000Z-00000000"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def environ(endpoint: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> dict[str, str]:
    given = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


@pytest.fixture
def url(environ: dict[str, str], request: pytest.FixtureRequest) -> str:
    """A prefix of its own in a bucket of its own."""
    name = f"b{abs(hash(request.node.name))}"
    options = {"LocationConstraint": "eu-west-1"}
    boto3.Session().client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=options)
    return f"s3://{name}/some/prefix"


@pytest.fixture
def landing(url: str, environ: dict[str, str]) -> Landing:
    return Landing(url, environ)


def objects(url: str) -> list[str]:
    bucket = url.split("/")[2]
    found = boto3.Session().client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return sorted(each["Key"] for each in found if not each["Key"].endswith("/"))


def test_what_was_landed_is_read_back_the_same(landing: Landing, url: str) -> None:
    what = snapshot(5)
    manifest = land(landing, what)
    assert landing.current(*SERIES) == manifest
    assert landing.table(manifest, "accounts").equals(what.tables["accounts"])
    prefix = f"some/prefix/file/people/{manifest.snapshot_id}"
    assert objects(url) == [f"{prefix}/{name}" for name in ("accounts.parquet", "groups.parquet", "manifest.json")]


def test_failed_and_held_attempts_are_kept_and_never_current(landing: Landing) -> None:
    good = land(landing, snapshot(100))
    held = land(landing, snapshot(50, hour=1))
    bad = land(landing, failed(hour=2))
    assert landing.attempts(*SERIES) == [bad, held, good]
    assert (held.status, landing.current(*SERIES)) == ("held", good)


def test_pruning_leaves_the_current_one(landing: Landing, url: str) -> None:
    good = land(landing, snapshot())
    later = [land(landing, failed(hour=1 + n)) for n in range(3)]
    assert landing.prune(*SERIES, keep=1) == 2
    assert landing.attempts(*SERIES) == [later[2], good]
    assert len(objects(url)) == 4


def test_a_changed_or_missing_object_is_never_given(landing: Landing, url: str) -> None:
    manifest = land(landing, snapshot())
    bucket, key = url.split("/")[2], f"some/prefix/file/people/{manifest.snapshot_id}/accounts.parquet"
    boto3.Session().client("s3").put_object(Bucket=bucket, Key=key, Body=b"changed")
    with pytest.raises(CertifyError, match="another SHA-256"):
        landing.table(manifest, "accounts")
    boto3.Session().client("s3").delete_object(Bucket=bucket, Key=key)
    with pytest.raises(CertifyError, match="is missing"):
        landing.table(manifest, "accounts")


def test_no_such_bucket_is_an_error_and_never_nothing_landed(environ: dict[str, str]) -> None:
    landing = Landing("s3://not-there-at-all/x", environ)
    for call in (lambda: landing.attempts(*SERIES), lambda: land(landing, snapshot())):
        with pytest.raises(CertifyError, match="there is no bucket not-there-at-all") as caught:
            call()
        assert caught.value.problem.code == "landing_unusable"


def test_a_server_that_is_not_there_is_an_error(environ: dict[str, str]) -> None:
    landing = Landing("s3://some-bucket/x", environ | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    with pytest.raises(CertifyError, match="Snapshots cannot be kept"):
        landing.attempts(*SERIES)


@pytest.mark.promise("P1")
def test_a_writer_killed_between_any_two_steps_leaves_no_torn_snapshot(url: str) -> None:
    program = [sys.executable, "-m", "tests.integration.landing.bucket_deaths", url]
    deaths = subprocess.run(program, capture_output=True, text=True, timeout=300, check=True).stdout.split()
    assert set(deaths) == {"0", "1"}  # nothing, or all of it
    assert len(deaths) == 12


def write_half(url: str, environ: dict[str, str], ending: BaseException) -> None:
    with S3Storage(url, environ).write(SERIES, HALF) as put:
        put("accounts.parquet", b"half")
        raise ending


def test_what_a_killed_writer_left_is_swept_once_it_cannot_be_alive(
    url: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_half(url, environ, KeyboardInterrupt())
    landing = Landing(url, environ)
    land(landing, snapshot())
    assert sum(HALF in key for key in objects(url)) == 1  # its writer could still be at it
    monkeypatch.setattr(buckets, "LEFTOVER_AGE", timedelta(seconds=-5))
    land(landing, snapshot(hour=1))
    assert sum(HALF in key for key in objects(url)) == 0
    assert len(landing.attempts(*SERIES)) == 2


def test_a_writer_that_fails_takes_its_objects_away(url: str, environ: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="broken"):
        write_half(url, environ, ValueError("broken"))
    assert objects(url) == []


def test_credentials_that_end_are_renewed_while_snapshots_are_written(
    url: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """pyarrow keeps those it was made with: after an hour every write failed."""
    given_out = tmp_path / "given-out"
    process = tmp_path / "credentials.py"
    process.write_text(
        "import datetime, json, sys\n"
        f"with open({str(given_out)!r}, 'a') as log: log.write('x')\n"
        f"number = len(open({str(given_out)!r}).read())\n"
        "ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=61)\n"
        "json.dump({'Version': 1, 'AccessKeyId': f'ASIA{number}', 'SecretAccessKey': 's', 'SessionToken': 't',"
        " 'Expiration': ends.isoformat()}, sys.stdout)\n"
    )
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {sys.executable} {process}\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    landing = Landing(url, environ)
    first = land(landing, snapshot(1))
    used = len(given_out.read_text())
    second = land(landing, snapshot(2))
    assert len(given_out.read_text()) > used >= 1
    assert landing.current(*SERIES) == second != first


def test_a_snapshot_from_the_future_is_set_aside_in_a_bucket_too(landing: Landing) -> None:
    ahead = land(landing, snapshot(hour=1000), finished_at=EVENING + timedelta(days=60))
    now = land(landing, snapshot(hour=1))
    assert landing.attempts(*SERIES) == [now]
    assert list(landing.from_the_future(*SERIES, EVENING + timedelta(days=90))) == [ahead.snapshot_id]
