"""What a publication remembers of identities, given to the next build as the loader does."""

from __future__ import annotations

from collections.abc import Mapping

from tests.integration.companies.compiled import Project, Published
from tests.integration.dbt.raw_rows import Row

Raw = Mapping[str, list[Row]]


def remembered(published: Published) -> list[Row]:
    """The rows of `raw.known_identities` that the next load would write."""
    result = published.connection.execute("from identity.known_identities")
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def identities(published: Published) -> dict[str, str]:
    """The identity of each account that has one."""
    rows = published.rows(
        "select account_key, identity_id from identity.identity_accounts where identity_id is not null"
    )
    return {str(account): str(identity) for account, identity in rows}


class Syncs:
    """One sync after another: each build knows what the one before published."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.known: list[Row] = []

    def sync(self, raw: Raw) -> dict[str, str]:
        """Build, publish, and give the identity of each account. Raises Broken; no id may be given twice."""
        published = self.project.build({**raw, "known_identities": self.known})
        self.known = remembered(published)
        twice = published.rows("select identity_id from identity.identities group by all having count(*) > 1")
        assert not twice, f"given to two identities: {twice}"
        return identities(published)
