"""The directory kind `ldap`: from a connection to a snapshot, and the steps of `certify test`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import ldap3
import pyarrow as pa

from pipeline import read_limits
from pipeline.connections.network import LdapConnection
from pipeline.coverage import CoverageRecorder
from pipeline.directories.base import GROUPS_KNOWN, Snapshot
from pipeline.directories.ldap.disabling import cannot_disable
from pipeline.directories.ldap.entries import accounts, known_fields
from pipeline.directories.ldap.ranges import with_every_member
from pipeline.directories.ldap.session import PATIENT, BrokeOffError, LdapSession, LdapTimeouts
from pipeline.directories.ldap_schema.active_directory import domain_of, is_own_partition, lockout_of
from pipeline.directories.ldap_schema.distinguished_names import folded
from pipeline.directories.ldap_schema.entry import Entry
from pipeline.directories.ldap_schema.gaps import gaps_of, strangers
from pipeline.directories.ldap_schema.groups import group_rows, memberships, roll_of
from pipeline.directories.ldap_schema.presets import SchemaPreset, preset_of
from pipeline.directories.read_failure import DirectoryReadError, recorder
from pipeline.directories.rows import WITH_GROUPS, ConflictingRowsError, account_tables, naive
from pipeline.problems import CertifyError, Problem
from pipeline.progress import Progress, Step, silent
from pipeline.redaction import origin_of
from pipeline.strict_yaml.issues import printable

BASE, USERS, GROUPS = "ldap:ReadBase", "ldap:SearchUsers", "ldap:SearchGroups"
NEEDED_FOR: Mapping[str, str] = {
    BASE: "whether there is anything to read below base_dn; nothing can be read without it",
    USERS: "which accounts exist; nothing can be read without it",
    GROUPS: "which groups exist, and who is in them",
}
SAMPLE = 5
LOCK_FIELDS = frozenset({"is_enabled", "locked_at"})
"""What an OpenLDAP that cannot disable accounts tells by that alone."""


@dataclass(frozen=True)
class Ldap:
    """The directory kind `ldap`."""

    patience: LdapTimeouts = PATIENT
    sleep: Callable[[float], None] = read_limits.sleep

    kind = "ldap"
    main_table = "accounts"

    @property
    def tables(self) -> Mapping[str, pa.Schema]:
        """The shape of every table, by name."""
        return WITH_GROUPS

    def read(
        self, connection: LdapConnection, *, as_of: datetime, run_id: str, progress: Progress = silent
    ) -> Snapshot:
        """Every account and group below the base, whoever asks (`run_id`); a `failed` snapshot says why."""
        del run_id
        reads = recorder(NEEDED_FOR)
        attempt = Snapshot(
            connection=connection.name,
            kind=self.kind,
            as_of=naive(as_of) or as_of,
            status="failed",
            strategy=connection.preset,
            main_table=self.main_table,
            id_source=f"{connection.preset} entries below {connection.base_dn}",
            endpoint=origin_of(connection.url),
        )
        session = LdapSession(connection, self.patience)
        try:
            snapshot = self._read(session, reads, attempt, progress)
        except DirectoryReadError as failure:
            problem = failure.problem(connection.name, session.place, NEEDED_FOR[failure.action])
            snapshot = replace(attempt, problems=[problem])
        except CertifyError as failure:
            snapshot = replace(attempt, problems=[failure.problem])
        except ConflictingRowsError as conflict:
            snapshot = replace(attempt, problems=[_contradiction(connection, conflict)])
        finally:
            session.close()
        return replace(snapshot, coverage=reads.coverage(), calls=reads.calls, retries=reads.retries)

    def _read(self, session: LdapSession, reads: CoverageRecorder, attempt: Snapshot, progress: Progress) -> Snapshot:
        connection, preset = session.connection, preset_of(session.connection)

        def tell(action: str) -> Callable[[int], None]:
            return lambda done: progress(connection.name, action, done, None)

        self._searched(session, reads, BASE, "(objectClass=*)", ["1.1"], tell(BASE), scope=ldap3.BASE)
        users = self._searched(session, reads, USERS, preset.user_filter, preset.user_attributes, tell(USERS))
        _check_identifiers(users, preset, reads)
        known = known_fields(users, preset)
        if _tells_by_its_schema(preset, known) and cannot_disable(session):
            known |= LOCK_FIELDS
        lockout = _lockout(session) if preset.is_microsoft else None
        rows = accounts(users, preset, known, attempt.as_of, lockout)
        roll = roll_of(users, rows, preset)
        gaps: Mapping[str, str] = {}
        try:
            wanted = preset.group_attributes
            groups = self._searched(session, reads, GROUPS, preset.group_filter, wanted, tell(GROUPS))
            groups = [with_every_member(session, reads, GROUPS, group) for group in groups]
            base = folded(connection.base_dn)
            others = _seen(session) if strangers(groups, roll.by_dn, base) else set()
            gaps = gaps_of(groups, roll.by_dn, base, others)
            known.add(GROUPS_KNOWN)
        except DirectoryReadError:
            groups = []
        told = [{name: value for name, value in row.items() if name != "known_fields"} for row in rows]
        pairs = memberships(groups, roll, preset)
        tables = account_tables(told, group_rows(groups, preset, gaps), pairs, known)
        return replace(attempt, status="complete", tables=tables, problems=_notes(session, len(rows)))

    def _searched(
        self,
        session: LdapSession,
        reads: CoverageRecorder,
        action: str,
        wanted: str,
        attributes: list[str],
        tell: Callable[[int], None],
        *,
        scope: str = ldap3.SUBTREE,
    ) -> list[Entry]:
        """All entries of a search; begun anew when it broke off, because a cookie is good for one connection only."""
        for attempt in range(self.patience.attempts):
            found: list[Entry] = []
            try:
                for page in session.pages(action, session.connection.base_dn, wanted, attributes, scope=scope):
                    found.extend(page)
                    reads.record(action, "ok", rows=len(page))
                    tell(len(found))
                return found
            except BrokeOffError as broken:
                last = broken
                session.close()
                reads.restarted(action)
                self.sleep(0.1 * 2**attempt)
            except DirectoryReadError as failure:
                failure.record(reads)
                raise
            except read_limits.ReadLimitError as limit:
                DirectoryReadError(action, "failed", limit.problem.code, limit.problem.message).record(reads)
                raise
        given_up = DirectoryReadError(action, "failed", "BrokeOff", str(last))
        given_up.record(reads)
        raise given_up

    def test(self, connection: LdapConnection) -> Iterator[Step]:
        """Connect, log in, read a sample of accounts and of groups; those after a failed step are not tried."""
        session, preset = LdapSession(connection, LdapTimeouts(attempts=1)), preset_of(connection)

        def sample(action: str, wanted: str, attributes: list[str], scope: str = ldap3.SUBTREE) -> list[Entry]:
            pages = session.pages(action, connection.base_dn, wanted, attributes, scope=scope, limit=SAMPLE)
            return [entry for page in pages for entry in page]

        def users() -> str:
            found = sample(USERS, preset.user_filter, preset.user_attributes)
            if not found:
                raise CertifyError(_nobody(session))
            known = known_fields(found, preset)
            accounts(found, preset, known, datetime.max)
            tells = ", ".join(sorted(known))
            return f"read a sample of {len(found)}, {printable(found[0].dn)} among them; it tells {tells}"

        steps: list[tuple[str, Callable[[], str]]] = [
            ("connect and log in", lambda: f"{connection.bind_dn} over {session.bind()}"),
            (BASE, lambda: f"found {len(sample(BASE, '(objectClass=*)', ['1.1'], ldap3.BASE))}: {connection.base_dn}"),
            (USERS, users),
            (GROUPS, lambda: f"found {len(sample(GROUPS, preset.group_filter, preset.group_attributes))} in a sample"),
        ]
        try:
            yield from _taken(session, steps)
        finally:
            session.close()


def _taken(session: LdapSession, steps: list[tuple[str, Callable[[], str]]]) -> Iterator[Step]:
    name, is_over = session.connection.name, False
    for step, act in steps:
        required, started = step != GROUPS, time.perf_counter()
        if is_over:
            yield Step(step, "not_tried", required=required)
            continue
        try:
            yield Step(step, "ok", act(), seconds=time.perf_counter() - started, required=required)
            continue
        except DirectoryReadError as failure:
            problem = failure.problem(name, session.place, NEEDED_FOR[failure.action])
        except CertifyError as failure:
            problem = failure.problem
        except ConflictingRowsError as conflict:
            problem = _contradiction(session.connection, conflict)
        except BrokeOffError as broken:
            problem = Problem.of("directory_unreachable", connection=name, place=session.place, detail=str(broken))
        is_over = required and problem.code != "nobody_listed"
        required = is_over
        seconds = time.perf_counter() - started
        yield Step(step, "failed", problem.message, problem.remedy, seconds, required=required, problem=problem)


def _tells_by_its_schema(preset: SchemaPreset, known: set[str]) -> bool:
    """Whether no entry showed if it is disabled, where OpenLDAP's own attribute would."""
    return "is_enabled" not in known and "is_enabled" not in preset.attributes and not preset.is_microsoft


def _lockout(session: LdapSession) -> timedelta | None:
    """How long the domain's lockouts last; None when they do not end by themselves, or when that is not shown."""
    domain = domain_of(session.connection.base_dn)
    try:
        pages = session.pages(
            BASE, domain, "(objectClass=*)", ["objectClass", "lockoutDuration"], scope=ldap3.BASE, limit=1
        )
        found = [entry for page in pages for entry in page]
    except (DirectoryReadError, BrokeOffError):
        session.close()
        return None
    return lockout_of(found[0]) if found else None


def _check_identifiers(users: list[Entry], preset: SchemaPreset, reads: CoverageRecorder) -> None:
    """raises DirectoryReadError when no entry shows what tells it from others: it is hidden from us, not missing."""
    names = preset.attributes["native_id"]
    if users and not any(entry.values(name) for entry in users for name in names):
        detail = f"{len(users):,} entries, none of which shows {' or '.join(names)}, which identifies an account"
        hidden = DirectoryReadError(USERS, "denied", "attributeHidden", detail)
        hidden.record(reads)
        raise hidden


def _seen(session: LdapSession) -> set[str] | None:
    """The DNs (folded) of all entries below the base that are seen; None when they cannot be listed.

    A filter for those that are no accounts would miss some: a class unknown to the server is undefined, also negated.
    """
    try:
        pages = session.pages(GROUPS, session.connection.base_dn, "(objectClass=*)", ["1.1"])
        return {folded(entry.dn) for page in pages for entry in page}
    except (DirectoryReadError, BrokeOffError):
        session.close()
        return None


def _notes(session: LdapSession, rows: int) -> list[Problem]:
    notes = [] if rows else [_nobody(session)]
    own = preset_of(session.connection).is_microsoft
    base = session.connection.base_dn
    others = [each for each in sorted(session.referrals) if not (own and is_own_partition(each, base))]
    if others:
        servers = ", ".join(printable(each) for each in others[:5])
        words = {"connection": session.connection.name, "place": session.place, "servers": servers}
        notes.append(Problem.of("referrals_not_followed", **words))
    return notes


def _nobody(session: LdapSession) -> Problem:
    place = f"{session.place} below {session.connection.base_dn}"
    return Problem.of("nobody_listed", connection=session.connection.name, action=USERS, place=place)


def _contradiction(connection: LdapConnection, conflict: ConflictingRowsError) -> Problem:
    detail = printable(str(conflict))
    return Problem.of("directory_contradicts", connection=connection.name, place=connection.url, detail=detail)


LDAP = Ldap()
