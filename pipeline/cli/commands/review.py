"""`certify review`: access reviews, from freezing a scope to closing the campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.certification.model import Default, Scope, Verdict
from pipeline.cli import invocation
from pipeline.cli.commands import decision_options
from pipeline.cli.commands.decision_options import BY
from pipeline.cli.instants import instant
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from pipeline.certification.deciding import By
    from pipeline.certification.model import Campaign
    from pipeline.certification.standing import Standing

review_app = typer.Typer(name="review", rich_markup_mode=None, pretty_exceptions_enable=False)

NAME = Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name, such as 2026-q4.")]
SCOPE = Annotated[Scope, typer.Option("--scope", help="Which access.")]
DIRECTORY = Annotated[
    list[str] | None,
    typer.Option("--directory", metavar="D", help="Only this directory; may be given again.", show_default=False),
]
WHERE = Annotated[
    str, typer.Option("--where", metavar="SQL", help="Only items for which this is true.", show_default=False)
]
DUE = Annotated[
    str | None, typer.Option("--due", metavar="DATE", help="When it should be done: 2027-01-15.", show_default=False)
]
FALLBACK = Annotated[
    list[str] | None,
    typer.Option(
        "--reviewer-fallback",
        metavar="EMAIL",
        help="Reviews what has no other reviewer. Given again: reviews what is about the first.",
        show_default=False,
    ),
]
DEFAULT = Annotated[Default, typer.Option("--default", help="What undecided items come to at the close.")]
COMMENT = Annotated[str, typer.Option("--comment", metavar="TEXT", help="Why.", show_default=False)]
ITEMS = Annotated[list[str] | None, typer.Argument(metavar="[ITEM]...", help="Ids of items, or how they begin.")]
ACCEPT = Annotated[
    list[str] | None,
    typer.Option("--accept", metavar="TEST", help="Close in spite of this test. Needs --reason.", show_default=False),
]
WHY = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why a failed test is accepted.", show_default=False)
]


def start(
    invocation: Invocation,
    name: NAME,
    scope: SCOPE = Scope.ALL,
    directory: DIRECTORY = None,
    where: WHERE = "",
    due: DUE = None,
    reviewer_fallback: FALLBACK = None,
    default: DEFAULT = Default.KEEP,
    by: BY = None,
) -> ExitCode:
    """Freeze who has access now into items, each with evidence, a recommendation and a reviewer.

    Reviewers are the owner's manager, else the owner, else a fallback; never the person the access belongs to.

    \b
    Examples:
      certify review start 2026-q4 --due 2027-01-15 --reviewer-fallback security@example.org
      certify review start admins --scope privileged --directory production --default revoke
      certify review start idle --where "activity = 'stale' and account_kind = 'service'"
    """
    from pipeline.certification.start import Options
    from pipeline.certification.start import start as started
    from pipeline.settings import load_settings

    options = Options(
        name=name,
        scope=scope,
        directories=tuple(directory or ()),
        where=where,
        due_at=None if due is None else instant(due, "--due"),
        fallbacks=tuple(reviewer_fallback or ()),
        default=default,
    )
    who = _by(invocation, by)
    made = started(
        invocation.home,
        options,
        load_settings(invocation.home, invocation.environ),
        started_by=who.who,
        entered_by=who.entered_by,
        now=who.now,
    )
    output, reviewers = invocation.output, made.review.reviewers()
    for warning in made.warnings:
        output.warn(warning)
    if not output.json:
        output.table([Column("reviewer", may_wrap=True), Column("items", right=True)], [*_sizes(reviewers)])
        output.note(
            f"\n{len(made.review.items)} items for {len(reviewers)} reviewers. Nothing is changed in any directory."
        )
        output.note(f"How far they are: {invocation.program} review status {name}")
    return invocation.finish(
        {
            "campaign": _campaign(made.review.campaign),
            "reviewers": [{"reviewer": who, "items": count} for who, count in _sizes(reviewers)],
            "warnings": list(made.warnings),
        }
    )


def status(
    invocation: Invocation,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Without: every campaign, in a line each.")
    ] = None,
) -> ExitCode:
    """How far a campaign is: items decided, undecided and to be reviewed again, by reviewer, and the quality tests."""
    from pipeline.certification.campaigns import campaign_names
    from pipeline.certification.standing import standing
    from pipeline.settings import load_settings

    settings = load_settings(invocation.home, invocation.environ)
    names = [name] if name is not None else campaign_names(invocation.home)
    found = [standing(invocation.home, each, settings, invocation.now) for each in names]
    output = invocation.output
    if not output.json:
        output.table(
            [Column(heading, right=heading in ("items", "decided", "undecided", "re-review")) for heading in CAMPAIGN],
            [_line(each) for each in found],
        )
        if name is not None:
            _show(invocation, found[0])
        elif not found:
            output.note(f"No campaign yet. To start one: {invocation.program} review start NAME")
    return invocation.finish({"campaigns": [_document(each) for each in found]})


def decide(
    invocation: Invocation,
    name: NAME,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id, or how it begins.")],
    decision: Annotated[Verdict, typer.Argument(help="What is to happen to the access.")],
    comment: COMMENT = "",
    by: BY = None,
) -> ExitCode:
    """Decide one item. The latest decision counts; earlier ones are kept."""
    from pipeline.certification import deciding
    from pipeline.settings import load_settings

    who, settings = _by(invocation, by), load_settings(invocation.home, invocation.environ)
    found, recorded, access_now = deciding.decide(invocation.home, name, item, str(decision), comment, settings, who)
    output = invocation.output
    if access_now == "changed":
        output.warn(f"{found.item_id}: the access is not any more what it was when the campaign started")
    if not output.json:
        output.table(
            [Column(heading, may_wrap=True) for heading in ("item", "account", "access", "decision", "by", "comment")],
            [[found.item_id, found.username, found.what, decision, who.who, comment]],
        )
        output.note("Recorded." if recorded else "The same was decided before: nothing changed.")
    return invocation.finish(
        {
            "item_id": found.item_id,
            "digest": found.digest,
            "decision": str(decision),
            "decision_id": recorded.decision_id if recorded else None,
            "changed": recorded is not None,
            "access_now": str(access_now),
        }
    )


def reassign(
    invocation: Invocation,
    name: NAME,
    items: ITEMS = None,
    to: Annotated[str, typer.Option("--to", metavar="EMAIL", help="Who reviews them from now on.")] = ...,  # type: ignore[assignment]
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="Why. The new reviewer and auditors read it.")
    ] = ...,  # type: ignore[assignment]
    from_: Annotated[
        str, typer.Option("--from", metavar="EMAIL", help="All undecided items of this reviewer.", show_default=False)
    ] = "",
    by: BY = None,
) -> ExitCode:
    """Give undecided items to another reviewer.

    \b
    Examples:
      certify review reassign 2026-q4 i-7f3k2m --to grace@example.org --note "knows the service"
      certify review reassign 2026-q4 --from ada@example.org --to grace@example.org --note "on leave"
    """
    from pipeline.certification import deciding
    from pipeline.settings import load_settings

    if bool(items) == bool(from_):
        raise typer.BadParameter("name items, or a reviewer with --from: one of the two", param_hint="ITEM")
    settings = load_settings(invocation.home, invocation.environ)
    moved = deciding.reassign(invocation.home, name, items or [], from_, to, note, settings, _by(invocation, by))
    invocation.output.note(f"{len(moved)} items are {to}'s now.")
    return invocation.finish({"items": [item.item_id for item in moved], "reviewer": to})


def close(invocation: Invocation, name: NAME, accept: ACCEPT = None, reason: WHY = "", by: BY = None) -> ExitCode:
    """Close a campaign: undecided items come to its default, and nothing in it changes any more.

    Exit code 6 names each quality test that keeps it open. It cannot be opened again.
    """
    from pipeline.certification import deciding
    from pipeline.settings import load_settings

    settings = load_settings(invocation.home, invocation.environ)
    stands, closing = deciding.close(invocation.home, name, accept or [], reason, settings, _by(invocation, by))
    output = invocation.output
    outcomes = [str(each) for each in closing.result["outcomes"].values()]
    counts = {each: outcomes.count(each) for each in sorted(set(outcomes))}
    if not output.json:
        output.table([Column("outcome"), Column("items", right=True)], list(counts.items()))
        output.note(f"\nClosed. For an auditor: {invocation.program} evidence export {name}")
    return invocation.finish({"campaign": _campaign(stands.review.campaign), "outcomes": counts})


CAMPAIGN = ("campaign", "status", "due", "items", "decided", "undecided", "re-review")


def _by(invocation: Invocation, by: str | None) -> By:
    from pipeline.certification.deciding import By

    clerk = decision_options.clerk(invocation, by)
    return By(clerk.decided_by, clerk.entered_by, clerk.now)


def _sizes(reviewers: dict[str, Any]) -> list[tuple[str, int]]:
    return [(who, len(items)) for who, items in reviewers.items()]


def _line(stands: Standing) -> list[object]:
    campaign, counts = stands.review.campaign, stands.counts()
    state = "closed" if stands.review.closing else "open"
    due = "" if campaign.due_at is None else f"{campaign.due_at:%Y-%m-%d}"
    numbers = [counts["items"], counts["decided"], counts["undecided"], counts["needs_re_review"]]
    return [campaign.name, state, due, *numbers]


def _show(invocation: Invocation, stands: Standing) -> None:
    output = invocation.output
    output.note()
    output.table(
        [Column("reviewer", may_wrap=True), *(Column(each, right=True) for each in CAMPAIGN[3:])],
        [[who, *counts.values()] for who, counts in stands.by_reviewer().items()],
    )
    output.note()
    output.table(
        [Column("quality test"), Column("state"), Column("why", may_wrap=True)],
        [[test.name, test.state, test.message] for test in stands.tests],
    )


def _document(stands: Standing) -> dict[str, Any]:
    return {
        **_campaign(stands.review.campaign),
        "status": "closed" if stands.review.closing else "open",
        **stands.counts(),
        "reviewers": [{"reviewer": who, **counts} for who, counts in stands.by_reviewer().items()],
        "quality": [
            {"test": test.name, "state": test.state, "message": test.message, "items": list(test.items)}
            for test in stands.tests
        ],
    }


def _campaign(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign_id": campaign.campaign_id,
        "name": campaign.name,
        "scope": str(campaign.scope),
        "items_in_scope": campaign.item_count,
        "default": str(campaign.default),
        "due_at": campaign.due_at,
        "started_by": campaign.started_by,
        "started_at": campaign.started_at,
        "scope_sha256": campaign.scope_sha256,
    }


COMMANDS = (
    ("start", start, "Freeze who has access into items to be decided."),
    ("status", status, "How far a campaign is, and its quality tests."),
    ("decide", decide, "Decide one item."),
    ("reassign", reassign, "Give undecided items to another reviewer."),
    ("close", close, "Close a campaign."),
)
for name, function, in_short in COMMANDS:
    review_app.command(name, short_help=in_short)(invocation.command(function))


@review_app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """Access reviews: who has access, who says it is still needed, and the proof of it."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
