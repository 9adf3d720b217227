"""How dirty a company is: one rate for each thing that goes wrong in real directories."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dirt:
    """Shares between 0 and 1, of the people or of the accounts the name says."""

    # people
    namesake: float  # carry exactly the name of a colleague
    name_pool: int  # family names to choose from, for every 1,000 people; fewer give more chance namesakes
    nickname: float  # are called otherwise than their papers say
    married: float  # changed the family name while employed
    married_lag: float  # ... and a directory that has not noticed, for each such person and directory
    rehired: float
    rehire_unlinked: float  # ... whose second roster row does not name the first
    contractor_in_hr: float
    contractor_outside: float
    terminated: float
    status_lies: float  # roster status text that contradicts the date
    # directories
    typo: float
    swapped: float  # given and family name in each other's column
    email_missing_hr: float
    email_missing_ldap: float
    email_missing_cloud: float
    employee_id_missing_ldap: float
    employee_id_missing_okta: float
    employee_id_wrong: float
    email_stale: float  # a directory still holds a former address
    email_recycled: float  # a new hire got the address of somebody who left
    username_recycled: float
    plus_address: float
    leaver_kept: float  # accounts of people who left, that are still there
    # AWS
    aws_email_tag: float
    aws_employee_tag: float
    aws_name_tag: float
    aws_mailbox_tag: float  # e-mail tag of a human account holds a team's mailbox
    aws_wrong_tag: float  # e-mail tag of a human account holds the address of whoever asked for it
    aws_odd_username: float  # does not follow the account's convention
    external_id: float  # Identity Center rows that name the Okta record they came from
    # services
    service_untagged: float  # no tag, path or word says that it is one
    owner_tag: float
    owner_tag_leaver: float


EASY = Dirt(
    namesake=0.004, name_pool=900, nickname=0.03, married=0.01, married_lag=0.3, rehired=0.01, rehire_unlinked=0.0,
    contractor_in_hr=0.04, contractor_outside=0.03, terminated=0.06, status_lies=0.0,
    typo=0.002, swapped=0.0, email_missing_hr=0.005, email_missing_ldap=0.02, email_missing_cloud=0.002,
    employee_id_missing_ldap=0.05, employee_id_missing_okta=0.2, employee_id_wrong=0.0005,
    email_stale=0.003, email_recycled=0.0005, username_recycled=0.001, plus_address=0.01, leaver_kept=0.25,
    aws_email_tag=0.85, aws_employee_tag=0.4, aws_name_tag=0.3, aws_mailbox_tag=0.003, aws_wrong_tag=0.003,
    aws_odd_username=0.01, external_id=0.9, service_untagged=0.05, owner_tag=0.9, owner_tag_leaver=0.05,
)  # fmt: skip
MEDIUM = Dirt(
    namesake=0.015, name_pool=600, nickname=0.08, married=0.025, married_lag=0.5, rehired=0.02, rehire_unlinked=0.0,
    contractor_in_hr=0.06, contractor_outside=0.06, terminated=0.08, status_lies=0.02,
    typo=0.012, swapped=0.004, email_missing_hr=0.02, email_missing_ldap=0.07, email_missing_cloud=0.01,
    employee_id_missing_ldap=0.15, employee_id_missing_okta=0.4, employee_id_wrong=0.005,
    email_stale=0.015, email_recycled=0.002, username_recycled=0.004, plus_address=0.02, leaver_kept=0.35,
    aws_email_tag=0.6, aws_employee_tag=0.25, aws_name_tag=0.25, aws_mailbox_tag=0.012, aws_wrong_tag=0.012,
    aws_odd_username=0.02, external_id=0.6, service_untagged=0.12, owner_tag=0.75, owner_tag_leaver=0.1,
)  # fmt: skip
HARD = Dirt(
    namesake=0.04, name_pool=350, nickname=0.15, married=0.05, married_lag=0.6, rehired=0.03, rehire_unlinked=0.1,
    contractor_in_hr=0.08, contractor_outside=0.10, terminated=0.10, status_lies=0.05,
    typo=0.04, swapped=0.012, email_missing_hr=0.08, email_missing_ldap=0.2, email_missing_cloud=0.05,
    employee_id_missing_ldap=0.35, employee_id_missing_okta=0.6, employee_id_wrong=0.025,
    email_stale=0.04, email_recycled=0.006, username_recycled=0.015, plus_address=0.04, leaver_kept=0.5,
    aws_email_tag=0.42, aws_employee_tag=0.15, aws_name_tag=0.2, aws_mailbox_tag=0.03, aws_wrong_tag=0.03,
    aws_odd_username=0.05, external_id=0.35, service_untagged=0.25, owner_tag=0.6, owner_tag_leaver=0.15,
)  # fmt: skip

DIFFICULTIES: dict[str, Dirt] = {"easy": EASY, "medium": MEDIUM, "hard": HARD}
