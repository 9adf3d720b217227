"""`python -m benchmarks.extraction [CASE ...]`: run the benchmarks one after another, and print what they found."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from benchmarks.extraction import accounts, cases
from benchmarks.results import Result, as_json, table

Case = Callable[[argparse.Namespace], Result]
CASES: dict[str, Case] = {
    "full": lambda o: cases.full_account(accounts.full(o.users, o.groups, o.policies), o.naive_users),
    "nine": lambda o: cases.nine_actions(o.nine_users, o.nine_groups),
    "organization": lambda o: cases.organization(o.accounts, o.account_users, o.latency / 1000, o.repeats, o.threads),
    "throttled": lambda o: cases.throttled(o.throttled_users, o.rate, o.per_second),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse, measure, print."""
    options = _parser().parse_args(arguments)
    results = [CASES[name](options) for name in CASES if name in options.case or "all" in options.case]
    print(as_json(results) if options.json else table(results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("case", nargs="*", choices=[*CASES, "all"], default="all", help="which ones (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    for name, default, meaning in (
        ("users", 5000, "full: users of the account"),
        ("groups", 300, "full: groups of the account"),
        ("policies", 1500, "full: customer-managed policies of the account"),
        ("naive-users", 200, "full: users the naive loop visits before its cost is scaled to all"),
        ("nine-users", 500, "nine: users of the account"),
        ("nine-groups", 30, "nine: groups of the account"),
        ("accounts", 100, "organization: how many accounts"),
        ("account-users", 50, "organization: users of each"),
        ("repeats", 3, "organization: how often each side runs"),
        ("threads", 16, "organization: bare threads"),
        ("throttled-users", 100, "throttled: users of the account"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{meaning} (%(default)s)")
    parser.add_argument("--latency", type=float, default=20.0, help="organization: milliseconds a call (%(default)s)")
    parser.add_argument("--rate", type=float, default=0.2, help="throttled: share of calls that fail (%(default)s)")
    parser.add_argument("--per-second", type=float, default=20.0, help="throttled: calls let through (%(default)s)")
    return parser


if __name__ == "__main__":
    main()
