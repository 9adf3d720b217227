"""The readable summary of an evidence pack: one page without script, that loads nothing."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pipeline.certification.charts import bars
from pipeline.certification.model import Item, Review
from pipeline.certification.numbers import NumberTable
from pipeline.certification.outcomes import outcome_of
from pipeline.certification.standing import Standing
from pipeline.certification.table_rows import evidence_text
from pipeline.strict_yaml.issues import printable

LONGEST = 2_000
LISTED_AT_MOST = 500
SOC_2, ISO_27001, PCI_DSS = "SOC 2 (TSC 2017)", "ISO/IEC 27001:2022", "PCI DSS 4.0.1"
MAPPING = (
    (SOC_2, "CC6.1", "who has access, by directory, privileged access marked: items"),
    (SOC_2, "CC6.2", "access of people who have left, and what was decided about it: items, decisions"),
    (SOC_2, "CC6.3", "access reviewed by someone accountable, removed where not needed: decisions, before_after"),
    (ISO_27001, "A.5.18", "access rights reviewed at an interval, changed and removed: campaign, decisions, closing"),
    (
        PCI_DSS,
        "7.2.4",
        "user accounts and their access reviewed and acknowledged: items, decisions, closing",
    ),
)
"""(framework, control, what of the pack is commonly used for it)."""

STYLE = """
:root { color-scheme: light dark; --line: #8886; --bar: #2f6fb3; --text: #1b1b1b; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --bar: #6fa8dc; --text: #e8e8e8; --page: #16181c; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--text); background: var(--page); }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
svg text { fill: var(--text); font: 13px system-ui, sans-serif; } svg rect { fill: var(--bar); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--line); padding-left: .7rem; }
.failed { font-weight: bold; }
@media print { body { max-width: none; margin: 0; } details { display: none; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(stands: Standing, numbers: Sequence[NumberTable], now: datetime) -> str:
    """The whole page. Whatever a directory says is text in it, with invisible characters made visible."""
    review = stands.review
    title = f"Access review {review.campaign.name}"
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{text(title)}</title><style>{STYLE}</style></head><body>",
            f"<h1>{text(title)}</h1>",
            *_facts(review, now),
            *_charts(review),
            *_quality(stands),
            *_numbers(numbers),
            *_listed(stands),
            *_sources(review),
            *_mapping(),
            "</body></html>\n",
        )
    )


def text(value: object) -> str:
    """A value as text of a page."""
    return html.escape(printable(value, LONGEST))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; every cell is text."""
    head = "".join(f'<th scope="col">{text(column)}</th>' for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{text(_cell(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _facts(review: Review, now: datetime) -> Iterator[str]:
    campaign, closing = review.campaign, review.closing
    rows = [
        ("scope", campaign.scope),
        ("directories", ", ".join(campaign.directories) or "all"),
        ("condition", campaign.where or "none"),
        ("items", len(review.items)),
        ("started", f"{campaign.started_at:%Y-%m-%d %H:%M} UTC by {campaign.started_by}"),
        ("due", f"{campaign.due_at:%Y-%m-%d}" if campaign.due_at else "no deadline"),
        ("undecided items come to", campaign.default),
        (
            "closed",
            f"{closing.closed_at:%Y-%m-%d %H:%M} UTC by {closing.closed_by}" if closing else "not yet: still open",
        ),
        ("this page", f"{now:%Y-%m-%d %H:%M} UTC"),
    ]
    yield table(("", ""), rows)
    if closing and closing.result["accepted"]:
        accepted = ", ".join(closing.result["accepted"])
        yield f"<p class=failed>Closed in spite of {text(accepted)}: {text(closing.result['accepted_reason'])}</p>"


def _charts(review: Review) -> Iterator[str]:
    outcomes = Counter(str(outcome_of(review, item)) for item in review.items)
    yield "<h2>What the items came to</h2>"
    yield bars([(name, count, str(count)) for name, count in sorted(outcomes.items())], text)
    yield "<h2>How much each reviewer decided</h2>"
    rows = []
    for who, items in review.reviewers().items():
        decided = sum(review.is_decided(item) for item in items)
        rows.append((who, decided / len(items), f"{decided} of {len(items)}"))
    yield bars(rows, text, full=1.0)


def _quality(stands: Standing) -> Iterator[str]:
    closing = stands.review.closing
    yield "<h2>Quality tests</h2>"
    if closing:
        yield "<p>As they stood when the review was closed.</p>"
        rows = [(each["name"], each["state"], each["message"]) for each in closing.result["tests"]]
    else:
        rows = [(test.name, test.state, test.message) for test in stands.tests]
    yield table(("test", "state", "why"), rows)


def _numbers(numbers: Sequence[NumberTable]) -> Iterator[str]:
    for each in numbers:
        yield f"<h2>{text(each.title)}</h2>{table(each.columns, each.rows)}"
        yield f"<details><summary>SQL</summary><pre>{text(each.sql)}</pre></details>"


def _listed(stands: Standing) -> Iterator[str]:
    review = stands.review
    revoked = [item for item in review.items if outcome_of(review, item).is_revoke]
    changed = [state.item for state in stands.states if state.needs_re_review]
    for title, items in (("Revoked", revoked), ("Access that changed since it was reviewed", changed)):
        yield f"<h2>{title}</h2>"
        if len(items) > LISTED_AT_MOST:
            yield f"<p>The first {LISTED_AT_MOST} of {len(items)}; items.csv has all.</p>"
        columns = ("item", "account", "access", "evidence", "decided by", "comment")
        yield table(columns, (_line(review, item) for item in items[:LISTED_AT_MOST])) if items else "<p>None.</p>"


def _line(review: Review, item: Item) -> Sequence[object]:
    decision = review.decision_of(item)
    account = f"{item.username} in {item.directory_name}"
    said = (decision.decided_by, decision.comment) if decision else ("the default", "")
    return (item.item_id, account, item.what, evidence_text(item), *said)


def _sources(review: Review) -> Iterator[str]:
    context = review.campaign.context
    yield "<h2>What it was started from</h2>"
    publication = context.get("publication", [])
    yield table(
        ("published", "run", "certify"), ((p["published_at"], p["run_id"], p["pipeline_version"]) for p in publication)
    )
    yield table(
        ("directory", "snapshot", "read", "run", "SHA-256 of its tables"),
        (
            (
                s["directory_id"],
                s["snapshot_id"],
                s["as_of"],
                s["run_id"],
                ", ".join(f"{k} {v}" for k, v in s["tables"].items()),
            )
            for s in context.get("snapshots", [])
        ),
    )
    yield "<h3>What could not be read</h3>"
    unread = [(c["directory_id"], c["action"], c["outcome"], c["needed_for"]) for c in context.get("coverage", [])]
    yield table(("directory", "action", "outcome", "needed for"), unread) if unread else "<p>Nothing.</p>"
    yield "<h3>Thresholds in force</h3>"
    yield table(("setting", "value"), context.get("settings", {}).items())


def _mapping() -> Iterator[str]:
    yield "<h2>Mapping to controls</h2>"
    yield "<p>What evidence of this kind is commonly used for. A mapping, not a claim that a control is met.</p>"
    yield table(("framework", "control", "evidence"), MAPPING)


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return "" if value is None else value
