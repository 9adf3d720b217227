"""Connections to LDAP servers and SCIM services."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from pipeline.connections.file_keys import ColumnName
from pipeline.connections.named import NamedConnection
from pipeline.strict_yaml.secret_references import FROM_OUTSIDE, HomePath


class LdapConnection(NamedConnection):
    """An LDAP directory: OpenLDAP, Active Directory, or one that is like them."""

    kind: Literal["ldap"] = Field(
        default="ldap", description="ldap: the accounts and groups of an LDAP directory or Active Directory."
    )
    url: str = Field(
        description="ldaps://HOST, or ldap://HOST, which begins TLS (StartTLS) before anything is said. A port may"
        " follow."
    )
    preset: Literal["openldap", "active_directory"] = Field(
        default="openldap", description="Which attributes mean what, and which entries are accounts and groups."
    )
    base_dn: str = Field(description="Where accounts and groups are, such as dc=example,dc=org. All below it is read.")
    bind_dn: str = Field(description="Who reads: a DN, or for Active Directory also name@domain.")
    bind_password: SecretStr | None = Field(
        default=None, description="Its password, as ${ENV_VAR} only.", json_schema_extra=FROM_OUTSIDE
    )
    bind_password_file: HomePath | None = Field(
        default=None, description="A file with its password, instead of bind_password. Relative to the home."
    )
    ca_file: HomePath | None = Field(
        default=None, description="Certificates to trust (PEM) instead of the system's. There is no way not to check."
    )
    user_filter: str | None = Field(default=None, description="Which entries are accounts. Default: the preset's.")
    group_filter: str | None = Field(default=None, description="Which entries are groups. Default: the preset's.")
    columns: dict[ColumnName, str] = Field(
        default_factory=dict,
        description="Our names to the directory's attributes, where they differ from the preset's. Ours are those of"
        " kind file.",
    )
    page_size: int = Field(default=500, description="How many entries are asked for at once (RFC 2696).")
    authoritative: ClassVar[bool] = False
    access_mode: ClassVar[str] = "read_only"

    @field_validator("url")
    @classmethod
    def _an_ldap_url(cls, value: str) -> str:
        if not re.fullmatch(r"ldaps?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/?", value):
            raise ValueError(
                "is not the URL of an LDAP server. write ldaps://HOST or ldap://HOST, with :PORT if need be"
            )
        return value.rstrip("/")

    @field_validator("base_dn", "bind_dn")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("is empty. write a distinguished name, such as dc=example,dc=org")
        return value

    @field_validator("user_filter", "group_filter")
    @classmethod
    def _a_filter(cls, value: str | None) -> str | None:
        if value is not None and not (value.startswith("(") and value.endswith(")")):
            raise ValueError("is not an LDAP filter. write one such as (objectClass=person)")
        return value

    @field_validator("columns")
    @classmethod
    def _attributes(cls, value: dict[ColumnName, str]) -> dict[ColumnName, str]:
        odd = [
            theirs for theirs in value.values() if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)+", theirs)
        ]
        if odd:
            raise ValueError(f"names what is no attribute ({odd[0][:40]}). write its name, such as employeeNumber")
        return value

    @field_validator("page_size")
    @classmethod
    def _sensible_page(cls, value: int) -> int:
        if not 1 <= value <= 10_000:
            raise ValueError("is outside 1 to 10000. choose a number between them")
        return value

    @model_validator(mode="after")
    def _one_password(self) -> LdapConnection:
        if (self.bind_password is None) == (self.bind_password_file is None):
            raise ValueError("needs bind_password or bind_password_file, and not both. give one of them")
        if self.bind_password is not None and not self.bind_password.get_secret_value():
            raise ValueError("has an empty bind_password, which would read as nobody. set its variable")
        return self


class ScimConnection(NamedConnection):
    """A service that speaks SCIM 2.0 (RFC 7644), such as an identity provider."""

    kind: Literal["scim"] = Field(default="scim", description="scim: the users and groups of a SCIM 2.0 service.")
    url: str = Field(
        description="Where the service is, without /Users, such as https://example.org/scim/v2. Plain http only to this"
        " machine."
    )
    token: SecretStr | None = Field(
        default=None, description="Its bearer token, as ${ENV_VAR} only.", json_schema_extra=FROM_OUTSIDE
    )
    token_file: HomePath | None = Field(
        default=None, description="A file with its bearer token, instead of token. Relative to the home."
    )
    token_url: str | None = Field(
        default=None, description="Where a token is to be had for client_id and its secret (OAuth client credentials)."
    )
    client_id: str | None = Field(default=None, description="Who asks at token_url.")
    client_secret: SecretStr | None = Field(
        default=None, description="The secret of client_id, as ${ENV_VAR} only.", json_schema_extra=FROM_OUTSIDE
    )
    client_secret_file: HomePath | None = Field(
        default=None, description="A file with the secret of client_id. Relative to the home."
    )
    scope: str | None = Field(default=None, description="What the token is asked for. Default: nothing is said.")
    ca_file: HomePath | None = Field(
        default=None, description="Certificates to trust (PEM) instead of the system's. There is no way not to check."
    )
    page_size: int = Field(default=100, description="How many are asked for at once; the service may give fewer.")
    authoritative: ClassVar[bool] = False
    access_mode: ClassVar[str] = "read_only"

    @field_validator("url", "token_url")
    @classmethod
    def _safe(cls, value: str | None) -> str | None:
        if value is None:
            return None
        host = r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[!-~]*)?"
        here = r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?(/[!-~]*)?"
        if not re.fullmatch(f"https://{host}|http://{here}", value) or "?" in value or "#" in value:
            raise ValueError("is not a URL that is safe to send a secret to. write https://HOST/PATH, without ? or #")
        return value.rstrip("/")

    @field_validator("page_size")
    @classmethod
    def _sensible_page(cls, value: int) -> int:
        if not 1 <= value <= 10_000:
            raise ValueError("is outside 1 to 10000. choose a number between them")
        return value

    @model_validator(mode="after")
    def _one_way_in(self) -> ScimConnection:
        tokens, secrets = (self.token, self.token_file), (self.client_secret, self.client_secret_file)
        if [*tokens, *secrets].count(None) != 3:
            raise ValueError("needs one secret: token, token_file, client_secret or client_secret_file. give one")
        asks = (self.token_url is not None, self.client_id is not None)
        if asks != (secrets.count(None) == 1,) * 2:
            raise ValueError("needs token_url, client_id and its secret together, or none of them. complete them")
        for given in (self.token, self.client_secret):
            if given is not None and not given.get_secret_value():
                raise ValueError("has an empty secret. set its variable")
        return self
