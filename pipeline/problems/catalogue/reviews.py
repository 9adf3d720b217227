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
        "campaign_closed",
        symptom="The campaign is closed",
        cause="{closed_by} closed '{name}' on {closed_at} UTC; what was decided is evidence now and does not change",
        fix="start another campaign for what is to be decided again",
        exit_code=ExitCode.REFUSED,
    ),
)
