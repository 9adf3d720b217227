"""The four questions, each put to a fresh emulated AWS and fresh readers."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.extraction import accounts, bare, naive, ours
from benchmarks.extraction.accounts import Size
from benchmarks.extraction.emulated import EmulatedAws
from benchmarks.extraction.ours import Read
from benchmarks.processes import Measured, measured
from benchmarks.results import Line, Result
from pipeline.directories.aws_iam.actions import MINIMAL

PAGE, PER_USER_CALLS, FIXED_CALLS, MOST_MB, MOST_TIMES_BARE = 1000, 4, 25, 400.0, 2.0

Cost = Measured[Sequence[Read]]


def full_account(size: Size, naive_users: int) -> Result:
    """The bulk strategy, against a loop over the users; the loop visits `naive_users` of them and is scaled up."""
    with EmulatedAws([size]) as aws:
        cost = _read(aws)
        calls = aws.count()
        aws.forget()
        loop = measured(naive.loop, aws.connections[0].role_arn, naive_users, environment=aws.environment)
        loop_calls = aws.calls()
    per_user = sum("UserName" in call.params or "AccessKeyId" in call.params for call in loop_calls)
    naive_calls = round(loop.value.scaled(per_user, len(loop_calls) - per_user))
    looped = "" if loop.value.users == size.users else f"scaled from {loop.value.users:,} users"
    return Result(
        f"One account in bulk: {size.users:,} users, {size.groups:,} groups, {size.policies:,} policies,"
        f" {size.key_holders:,} key holders",
        [
            Line(
                "calls",
                calls,
                limit=FIXED_CALLS + size.key_holders,
                note=f"{calls - size.key_holders} and one a holder",
            ),
            *_cost(cost),
            Line("naive loop: calls", naive_calls, note=looped),
            Line("naive loop: seconds", loop.value.seconds, "s", note=looped),
            Line("naive loop: peak memory", loop.peak_mb, "MB"),
            Line("calls against the naive loop", naive_calls / calls, "x fewer"),
            Line("seconds against the naive loop", loop.value.seconds / cost.seconds, "x faster"),
        ],
    )


def nine_actions(users: int, groups: int) -> Result:
    """The per-user strategy, with a role that has the minimal policy only."""
    size = Size("111122223333", users, groups, 20, tuple(sorted(MINIMAL)))
    with EmulatedAws([size]) as aws:
        cost = _read(aws)
        calls = aws.calls()
    answered = sum(call.action in MINIMAL for call in calls)
    pages = sum(max(1, -(-count // PAGE)) for count in (users, groups))
    return Result(
        f"One account with the nine actions: {users:,} users, {groups:,} groups",
        [
            Line("calls of the nine", answered, limit=PER_USER_CALLS * users + groups + pages, note="4 U + G + pages"),
            Line("other calls", len(calls) - answered, note="becoming the role, and each other action denied once"),
            *_cost(cost),
            Line("calls a second", len(calls) / cost.seconds, "/s"),
        ],
    )


def organization(count: int, users: int, latency: float, repeats: int, threads: int) -> Result:
    """Many accounts, against bare threads sending the same calls with clients made beforehand; medians."""
    sizes = accounts.organization(count, users)
    our_costs, bare_seconds, emulator_seconds, calls, bare_calls = [], [], [], 0, 0
    for _ in range(repeats):
        with EmulatedAws(sizes, latency=latency) as aws:
            before = aws.cpu_seconds()
            our_costs.append(_read(aws))
            emulator_seconds.append(aws.cpu_seconds() - before)
            requests = bare.recorded(aws.calls())
            calls = aws.count()
            aws.forget()
            replayed = measured(bare.replay, aws.connections, requests, threads, environment=aws.environment)
            bare_seconds.append(replayed.value)
            bare_calls = aws.count() - count  # each of its clients had to become the role before
    with EmulatedAws(sizes[: max(1, count // 4)], latency=latency) as aws:
        quarter = _read(aws)
    seconds = statistics.median(cost.seconds for cost in our_costs)
    bare_median = statistics.median(bare_seconds)
    peak = statistics.median(cost.peak_mb for cost in our_costs)
    return Result(
        f"{count:,} accounts of {users:,} users, {latency * 1000:.0f} ms a call, medians of {repeats}",
        [
            Line("calls", calls),
            Line("seconds", seconds, "s"),
            Line("processor seconds", statistics.median(cost.cpu_seconds for cost in our_costs), "s"),
            Line("processor seconds of the emulated AWS", statistics.median(emulator_seconds), "s"),
            Line("calls of the bare threads", bare_calls),
            Line("seconds of the bare threads", bare_median, "s", note=f"{threads} of them, with ready-made clients"),
            Line("ratio", seconds / bare_median, "x", limit=MOST_TIMES_BARE),
            Line("peak memory", peak, "MB", limit=MOST_MB),
            Line("peak memory at a quarter of the accounts", quarter.peak_mb, "MB"),
            Line("memory for each further account", (peak - quarter.peak_mb) / max(1, count - count // 4), "MB"),
        ],
    )


def throttled(users: int, rate: float, per_second: float) -> Result:
    """An account that fails a share of the calls, half with Throttling and half with a 500; and one that lets through
    so many a second, read with the nine actions."""
    size = Size("111122223333", users, 20, 20)
    calm, calls = _faulty(size)
    shaken, shaken_calls = _faulty(size, throttle=rate / 2, error500=rate / 2)
    nine = replace(size, actions=tuple(sorted(MINIMAL)))
    free, free_calls = _faulty(nine)
    paced, paced_calls = _faulty(nine, rps=per_second)
    return Result(
        f"One account that throttles: {users:,} users",
        [
            Line("calls in bulk", calls),
            Line(f"when {rate:.0%} of them fail", shaken_calls),
            Line("amplification", shaken_calls / calls, "x", note=f"{1 / (1 - rate):.2f} if no repeat were in vain"),
            Line("seconds", shaken.seconds, "s", note=f"{calm.seconds:.1f} when none fails"),
            Line("calls with the nine actions", free_calls),
            Line(f"at {per_second:g} a second", paced_calls),
            Line("amplification at that pace", paced_calls / free_calls, "x"),
            Line("seconds at that pace", paced.seconds, "s", note=f"{free_calls / per_second:.1f} at the least"),
            Line("tables that differ", _differing(calm, shaken) + _differing(free, paced), limit=0),
        ],
    )


def _faulty(size: Size, **faults: float) -> tuple[Cost, int]:
    """Read an account with such `Faults`; the cost, and how many calls were answered."""
    with EmulatedAws([size]) as aws:
        for name, strength in faults.items():
            aws.fault(name, strength)
        return _read(aws), aws.count()


def _differing(one: Cost, other: Cost) -> int:
    return sum(a.rows[name] != b.rows[name] for a, b in zip(one.value, other.value, strict=True) for name in a.rows)


def _read(aws: EmulatedAws) -> Cost:
    """Read every connection; a read that failed is no measurement."""
    cost: Cost = measured(ours.read_all, aws.connections, environment=aws.environment)
    if failed := [one.problems for one in cost.value if one.status != "complete"]:
        raise RuntimeError(f"{len(failed)} of the reads failed: {failed[0]}")
    return cost


def _cost(cost: Cost) -> list[Line]:
    return [
        Line("seconds", cost.seconds, "s"),
        Line("processor seconds", cost.cpu_seconds, "s"),
        Line("peak memory", cost.peak_mb, "MB", limit=MOST_MB, note=f"{cost.idle_mb:.0f} of it before the read"),
    ]
