"""Match suggestions as an asset, where their extra is installed.

Annotations are objects here and not text: Dagster looks at the class of `context`.
"""

from inspect import cleandoc

import dagster as dg

from pipeline.orchestration.assets.landing import OWNERS
from pipeline.orchestration.assets.raw import POOL
from pipeline.orchestration.resources import WriterLock
from pipeline.suggestions.model import NotScoredError
from pipeline.suggestions.suggest import suggest
from pipeline.sync import Journal

KEY = dg.AssetKey(["identity", "identity_match_suggestions"])
READ = ("identities", "identity_accounts", "identity_decisions", "match_suggestions")
"""Models of the identity schema; the last is the empty table that is filled."""
DESCRIPTION = """Who accounts without a certain person may belong to, by the likeness of names and logins.

    Fills `identity.match_suggestions`, which nothing reads: a suggestion is never merged. Look at one, and decide with
    `certify identity link`.
    """


def match_suggestions() -> dg.AssetsDefinition:
    """Compare, after the marts were built and tested, and before they are published."""

    @dg.asset(
        key=KEY,
        deps=[dg.AssetKey(["identity", name]) for name in READ] + [dg.AssetKey(["inventory", "accounts"])],
        group_name="identity",
        description=cleandoc(DESCRIPTION),
        kinds={"duckdb"},
        owners=OWNERS,
        pool=POOL,
    )
    def identity_match_suggestions(
        context: dg.AssetExecutionContext, writer: dg.ResourceParam[WriterLock], journal: dg.ResourceParam[Journal]
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        try:
            place = writer.hold()
            with journal.stage("build"):
                found = suggest(place)
        except NotScoredError as failure:
            context.log.warning("no suggestions: %s", failure)
            return dg.MaterializeResult(metadata={"dagster/row_count": 0, "skipped": str(failure)})
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": found.rows,
                "accounts": found.accounts,
                "open_accounts": found.open_accounts,
                "skipped": found.skipped or "no",
                "learnt_from_certain_pairs": found.learnt,
            }
        )

    return identity_match_suggestions
