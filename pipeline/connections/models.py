"""The model of a connection, one for each kind."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from pipeline.connections import external_id as external_ids
from pipeline.connections.arn import RoleArn
from pipeline.connections.arn import fault_of as fault_of_arn
from pipeline.connections.file_keys import COLUMN_NAMES, ColumnName, FilePath, check_date_format, check_encoding
from pipeline.connections.named import NamedConnection
from pipeline.connections.network import LdapConnection, ScimConnection

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
INSTANCE = re.compile(r"arn:aws[a-z-]*:sso:::instance/(sso)?ins-[A-Za-z0-9-]+")
"""How AWS writes a region, and the ARN of an Identity Center."""


class AwsRoleConnection(NamedConnection):
    """What every kind that reads AWS through a role is told. `external_id` shows itself only to who asks for its secret
    value."""

    role_arn: str = Field(description="The role to assume, such as arn:aws:iam::111122223333:role/NAME.")
    external_id: SecretStr = Field(
        description="What the role's trust policy asks for (sts:ExternalId); each connection has one of its own."
        " May be ${ENV_VAR}."
    )
    external_id_proven: bool = Field(
        default=True,
        description="false: saved while AWS did not answer whether the role demands the external ID. Every sync probes"
        " it again, and a check fails until it is proven; remove the key then.",
    )
    authoritative: ClassVar[bool] = False

    @field_validator("role_arn")
    @classmethod
    def _a_role(cls, value: str) -> str:
        fault = fault_of_arn(value)
        if fault:
            raise ValueError(f"Invalid role ARN: it {fault}")
        return value.strip()

    @field_validator("external_id")
    @classmethod
    def _an_external_id(cls, value: SecretStr) -> SecretStr:
        fault = external_ids.fault_of(value.get_secret_value())
        if fault:
            raise ValueError(fault)
        return value

    @property
    def arn(self) -> RoleArn:
        """`role_arn` in its parts."""
        return RoleArn.parse(self.role_arn, connection=self.name)

    @property
    def account_id(self) -> str:
        """The twelve digits of the account the role is in."""
        return self.arn.account_id


class AwsIamConnection(AwsRoleConnection):
    """An AWS account, read through a role in it."""

    kind: Literal["aws_iam"] = Field(
        default="aws_iam", description="aws_iam: the users, groups, policies and keys of one AWS account."
    )
    access_mode: Literal["read_only", "write_back"] = Field(
        default="read_only",
        description="write_back lets approved revocations be carried out, once every other gate is passed too.",
    )


class AwsIdentityCenterConnection(AwsRoleConnection):
    """An IAM Identity Center, read through a role in the management or delegated administrator account."""

    kind: Literal["aws_identity_center"] = Field(
        default="aws_identity_center",
        description="aws_identity_center: the users and groups of an organization, and who reaches which account.",
    )
    region: str = Field(description="The region the instance lives in, such as eu-central-1.")
    instance_arn: str | None = Field(
        default=None, description="Which instance, where the account has several. Default: the only one."
    )
    access_mode: ClassVar[str] = "read_only"

    @field_validator("region")
    @classmethod
    def _a_region(cls, value: str) -> str:
        if not REGION.fullmatch(value):
            raise ValueError("is not a region of AWS. write one such as us-east-1")
        return value

    @field_validator("instance_arn")
    @classmethod
    def _an_instance(cls, value: str | None) -> str | None:
        if value is not None and not INSTANCE.fullmatch(value):
            raise ValueError(
                "is not the ARN of an instance. it looks like arn:aws:sso:::instance/ssoins-0123456789abcdef"
            )
        return value


class FileConnection(NamedConnection):
    """A file that lists people or accounts, one a row."""

    kind: Literal["file"] = Field(
        default="file", description="file: a list of people or accounts, such as an export of the HR system."
    )
    path: FilePath = Field(
        description="The file: csv, tsv, parquet, xlsx, json, jsonl or ldif, by its ending. Relative to the home."
    )
    authoritative: bool = Field(
        default=False, description="true: this is the roster in which the owners of accounts are looked up."
    )
    lists_only_active: bool = Field(
        default=False,
        description="true: whoever this roster lists is employed, because leavers are taken out of it. End dates, and"
        " words that say a person has left, still count. Only with `authoritative`.",
    )
    preset: Literal["okta", "entra", "active_directory", "google", "identity_center"] | None = Field(
        default=None,
        description="okta, entra, active_directory (Get-ADUser or csvde), google or identity_center: the file is an"
        " export of this product, whose headers, words and dates are known. Keys of `columns` win. Default: any other"
        " file.",
    )
    columns: dict[ColumnName, str] = Field(
        default_factory=dict,
        description=f"Our names to the file's. Ours are {', '.join(COLUMN_NAMES)}. Default: columns called just so.",
    )
    encoding: str | None = Field(
        default=None,
        description="Encoding of a text file. Default: UTF-8, or UTF-16 with its mark, else cp1252 and a note.",
    )
    separator: Literal["comma", "semicolon", "tab", "pipe"] | None = Field(
        default=None, description="What stands between the columns of a csv. Default: what its first lines show."
    )
    sheet: str | None = Field(default=None, description="Which sheet of an xlsx. Default: the first.")
    date_format: str | None = Field(
        default=None,
        description="How dates are written, such as %d.%m.%Y. Default: every form with one meaning; whether day or"
        " month comes first is learned from the column. Any other date is unknown.",
    )
    max_size_mb: int = Field(
        default=256, description="A file larger than this, or with more text than that in its cells, is refused."
    )
    access_mode: ClassVar[str] = "read_only"

    @field_validator("columns")
    @classmethod
    def _named(cls, value: dict[ColumnName, str]) -> dict[ColumnName, str]:
        blank = [ours for ours, theirs in value.items() if not theirs.strip()]
        if blank:
            raise ValueError(f"has no name of a column for {', '.join(blank)}. write the file's, or remove the line")
        return value

    @model_validator(mode="after")
    def _a_roster(self) -> FileConnection:
        if self.lists_only_active and not self.authoritative:
            raise ValueError(
                "lists_only_active is about rosters, and this file is none. add authoritative: true, or remove the line"
            )
        return self

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        return None if value is None else check_encoding(value)

    @field_validator("date_format")
    @classmethod
    def _whole_date(cls, value: str | None) -> str | None:
        return None if value is None else check_date_format(value)

    @field_validator("max_size_mb")
    @classmethod
    def _sensible_size(cls, value: int) -> int:
        if not 1 <= value <= 4096:
            raise ValueError("is outside 1 to 4096. choose a number between them")
        return value


Connection = Annotated[
    AwsIamConnection | AwsIdentityCenterConnection | FileConnection | LdapConnection | ScimConnection,
    Field(discriminator="kind"),
]

AnyModel = type[AwsIamConnection | AwsIdentityCenterConnection | FileConnection | LdapConnection | ScimConnection]
KINDS: dict[str, AnyModel] = {
    "aws_iam": AwsIamConnection,
    "aws_identity_center": AwsIdentityCenterConnection,
    "file": FileConnection,
    "ldap": LdapConnection,
    "scim": ScimConnection,
}
"""Every kind that can be connected, by what `kind:` says."""
