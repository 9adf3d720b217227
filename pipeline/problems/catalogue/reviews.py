"""Access reviews: campaigns, decisions on items, closing, evidence."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "unknown_campaign",
        symptom="No such campaign",
        cause="'{name}' was never started here; the campaigns are: {known}",
        fix="give one of these names, or start one with `certify review start {name}`",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "campaign_exists",
        symptom="There is a campaign of that name",
        cause="'{name}' was started before, and what was decided in it stays",
        fix="choose another name, such as the quarter it is for",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "campaign_unfit",
        symptom="The campaign was not started",
        cause="{reason}",
        fix="nothing was recorded; start it again with that fixed",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "condition_unfit",
        symptom="The condition cannot be used",
        cause="--where {where}: {reason}",
        fix="give one condition over the columns of an item, such as \"is_admin and activity = 'stale'\";"
        " docs/reviews.md lists the columns",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "reviewer_unfit",
        symptom="This reviewer cannot review",
        cause="{reason}",
        fix="name a person who works here and is in a roster, by the e-mail address there; {address} is not one",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "items_without_reviewer",
        symptom="Some items have nobody to review them",
        cause="{count} of them, among others {shown}",
        fix="name who reviews what has no other reviewer with --reviewer-fallback EMAIL; give it twice where items are"
        " about that person",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "unknown_item",
        symptom="No such item",
        cause="'{item}': {reason}",
        fix="`certify sql 'select item_id, username, what from review.items'` shows the ids; the first letters of one"
        " are enough",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "close_refused",
        symptom="The campaign cannot be closed",
        cause="{failing}",
        fix="have that decided, or close it in spite of the test: `certify review close {name} --accept {first}"
        " --reason TEXT`; the reason is part of the evidence",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "pack_exists",
        symptom="There is a pack of that name",
        cause="{folder} was written before, and evidence is not written over",
        fix="export again in a second, or with another --out",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "campaign_closed",
        symptom="The campaign is closed",
        cause="{closed_by} closed '{name}' on {closed_at} UTC; what was decided is evidence now and does not change",
        fix="start another campaign for what is to be decided again",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "packets_not_written",
        symptom="The packets cannot be written",
        cause="{folder}: {reason}",
        fix="name a folder that this user may write to with --out",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "packet_unreadable",
        symptom="The packet cannot be read",
        cause="{file} {reason}",
        fix="import the workbook (.xlsx or saved as CSV), or the file that Download decisions made",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "packet_rows_refused",
        symptom="Rows were not taken",
        cause="{refused} of the {filled} decisions in {file}: {shown}",
        fix="correct these rows and import the file again; rows that were taken change nothing a second time",
        exit_code=ExitCode.PARTIAL,
    ),
)
