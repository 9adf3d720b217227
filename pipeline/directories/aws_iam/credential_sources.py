"""The credential report as a source: which rows may be used, and as of when.

AWS hands out the same report for four hours. Its rows are believed and every fact taken from them carries the report's
instant; users it does not list, and users made anew under an old name, are read live. A read that is to be `fresh`
believes only a report made for it, and asks for everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.directories.aws_iam.credential_report import Report, ReportRow
from pipeline.directories.aws_iam.records import User


@dataclass(frozen=True)
class CredentialSources:
    """The report, if there is one, and whether it may speak for the users in it. `as_of` is when this read began."""

    report: Report | None
    report_is_trusted: bool
    as_of: datetime

    @classmethod
    def weigh(
        cls, report: Report | None, as_of: datetime, *, user_count: int, live_user_limit: int, fresh: bool
    ) -> CredentialSources:
        """A report made for this read is always trusted; a reused one unless the read is to be `fresh`, or the account
        has no more than `live_user_limit` users."""
        reusable = not fresh and user_count > live_user_limit
        return cls(report, report is not None and (report.is_fresh or reusable), as_of)

    def row_of(self, user: User) -> ReportRow | None:
        """The report's row of this very user, believed or not."""
        return self.report.row_of(user) if self.report else None

    def trusted_row_of(self, user: User) -> ReportRow | None:
        """The row where it may speak without a call being made."""
        return self.row_of(user) if self.report_is_trusted else None

    @property
    def reported_at(self) -> datetime | None:
        """The instant of every fact taken from the report."""
        return self.report.generated_at if self.report else None

    @property
    def older_evidence(self) -> datetime | None:
        """When the oldest evidence is from, if that was before this read began."""
        return self.report.generated_at if self.report and not self.report.is_fresh else None
