"""The connector's own AWS session: its credentials, its region, and the shared STS client."""

from __future__ import annotations

import copy
import functools
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

from botocore.config import Config
from botocore.exceptions import UnknownRegionError
from botocore.hooks import HierarchicalEmitter
from botocore.loaders import Loader, create_loader
from botocore.session import Session
from botocore.utils import parse_timestamp

from pipeline.aws import errors
from pipeline.aws.connection_pool import ConnectionPool
from pipeline.aws.endpoints import refuse_service_endpoints
from pipeline.aws.operation_allowlist import ASSUMES, allow_only
from pipeline.connections.principal import parse_principal
from pipeline.problems import ConfigurationError
from pipeline.redaction import guard_loggers

DEFAULT_REGION = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
UNNAMED = "the AWS principal this program runs as (`aws sts get-caller-identity` shows it)"


@dataclass(frozen=True)
class RetryPolicy:
    """How long to wait for AWS before giving up. Retries include throttled calls."""

    connect_seconds: float = 5
    read_seconds: float = 30
    attempts: int = 10


PATIENT = RetryPolicy()
"""For a whole read."""


@functools.cache
def _loader(data_path: str | None) -> Loader:
    """The parsed service models, a tenth of a second of work for each service: once for the process."""
    return create_loader(data_path)


@functools.cache
def _builtin_hooks() -> HierarchicalEmitter:
    """The event handlers every session begins with; copying them takes a tenth of the time of registering them."""
    hooks = HierarchicalEmitter()
    Session(event_hooks=hooks)
    return hooks


def _time(value: object) -> datetime:
    """A time in an answer. botocore's own parser, which knows every format there is, is two hundred times slower, and
    an account is full of times."""
    if isinstance(value, str) and value.endswith("Z"):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass  # botocore may know what it means
    try:
        found: datetime = parse_timestamp(value)
    except RuntimeError as error:  # what botocore raises for what is no time at all
        raise ValueError(str(error)[:200]) from error
    return found


def new_session() -> Session:
    """A botocore session that finds its models in the shared loader, honours AWS' environment and logs no secret.

    Raises ConfigurationError when the environment sends a single service elsewhere; see `endpoints`.
    """
    session = Session(event_hooks=copy.copy(_builtin_hooks()), include_builtin_handlers=False)
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_time)
    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
    session.set_config_variable("sts_regional_endpoints", "regional")
    session.user_agent_extra = "certification-center"
    refuse_service_endpoints(session)
    guard_loggers()
    return session


def region_for(session: Session, partition: str) -> str:
    """The configured region when it lies in `partition`, else that partition's usual one; LookupError for one AWS does
    not have."""
    configured = os.environ.get("AWS_REGION") or session.get_config_variable("region")
    if configured:
        try:
            found = session.get_partition_for_region(configured)
        except UnknownRegionError:
            found = "aws"
        if found == partition:
            return str(configured)
    if partition in DEFAULT_REGION:
        return DEFAULT_REGION[partition]
    regions: list[str] = session.get_available_regions("sts", partition_name=partition)
    if not regions:
        raise LookupError(partition)
    return regions[0]


class SourceSession:
    """The connector's own credentials in one partition; used for AssumeRole and for nothing else."""

    def __init__(self, session: Session, region: str, patience: RetryPolicy) -> None:
        self.region = region
        self.config = Config(
            retries={"mode": "standard", "total_max_attempts": min(patience.attempts, 5)},
            connect_timeout=patience.connect_seconds,
            read_timeout=patience.read_seconds,
        )
        self.sts = session.create_client("sts", region_name=region, config=self.config)
        # This client only: with others of the session botocore fetches our own credentials (SSO, a profile's role).
        allow_only(self.sts.meta.events, ASSUMES)
        self.transport = ConnectionPool(
            verify=session.get_config_variable("ca_bundle"),
            connect_seconds=patience.connect_seconds,
            read_seconds=patience.read_seconds,
        )
        self.transport.carry(self.sts.meta.events)
        self._principal_lock = threading.Lock()
        self._principal = ""

    def identity(self) -> str:
        """The ARN of the connector's own credentials; raises what botocore raises."""
        return str(self.sts.get_caller_identity()["Arn"])

    def principal(self) -> str:
        """What a trust policy should name, for messages: never raises."""
        with self._principal_lock:
            if not self._principal:
                try:
                    self._principal = parse_principal(self.identity()).arn
                except (*errors.AWS_ERRORS, ConfigurationError):
                    self._principal = UNNAMED
            return self._principal


_HUBS: WeakValueDictionary[object, SourceSession] = WeakValueDictionary()


def shared_source_session(partition: str, patience: RetryPolicy) -> SourceSession:
    """The hub of this process' AWS environment; kept only as long as some connection uses it, so that new credentials
    are noticed.

    To be called under `session.CREATION`. Raises LookupError for a partition AWS does not have, and what botocore
    raises.
    """
    key = (
        partition,
        patience,
        tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_"))),
    )
    hub = _HUBS.get(key)
    if hub is None:
        session = new_session()
        _HUBS[key] = hub = SourceSession(session, region_for(session, partition), patience)
    return hub
