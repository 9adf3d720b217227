"""Exports of products: their headers, words and dates are known, and what an export leaves out is unknown."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from pipeline.directories.file.presets import PRESETS, folded
from tests.integration.directories.file.rosters import Roster

OKTA = """\
login,firstName,lastName,middleName,email,title,displayName,nickName,userType,employeeNumber,department,managerId,\
secondEmail,id,status,created,lastLogin
ann@corp.example,Ann,Lee,M,Ann.Lee@corp.example,Lead,Ann Lee,Annie,Employee,00042,R&D,00007,ann@home.example,\
00u1a2b3c4,ACTIVE,2020-01-02T03:04:05.000Z,2026-11-20T08:00:00.000Z
bob@corp.example,Bob,Ray,,bob@corp.example,,,,,,,,,00u5d6e7f8,STAGED,2020-01-02T03:04:05.000Z,
"""
ENTRA = """\
userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,\
streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,alternateEmailAddress,ageGroup,\
consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,directorySynced,invitationState,\
identityIssuer,createdDateTime
ann@corp.example,Ann Lee,Lee,ann@corp.example,Ann,7cc0c81b-f2a2,Member,Lead,R&D,True,DE,,,,,,,,,ann@home.example,,,,,,,\
,corp.example,8/9/2021 1:25:31 PM
eve@other.example,Eve,,,,05f9eb61-470e,Guest,,,False,,,,,,,,,,,,,,,Invitation,,Accepted,,2021-08-19T15:02:10Z
"""
GOOGLE = """\
First Name [Required],Last Name [Required],Email Address [Required],Password [Required],\
Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Status [READ ONLY],\
Last Sign In [READ ONLY],Recovery Email,Home Secondary Email,Work Secondary Email,Work Phone,Employee ID,Employee Type,\
Employee Title,Manager Email,Department,Cost Center,2sv Enrolled [READ ONLY],Change Password at Next Sign-In,\
New Status [UPLOAD ONLY]
Ann,Lee,ann@corp.example,****,,/,,Active,2026/04/10 04:05:20,it@corp.example,,a.lee@corp.example,,00042,Employee,Lead,\
cat@corp.example,R&D,,True,False,
Bob,Ray,bob@corp.example,****,,/,,Suspended,Never logged in,,,,,,,,,,,False,False,
"""
CENTER = {
    "Users": [
        {
            "UserName": "ann",
            "UserId": "90677c608a-7afcdc23",
            "ExternalIds": [{"Issuer": "https://idp.example", "Id": "00u1a2b3c4"}],
            "Name": {"FamilyName": "Lee", "GivenName": "Ann"},
            "DisplayName": "Ann Lee",
            "Emails": [
                {"Value": "ann.lee@corp.example", "Type": "other"},
                {"Value": "ann@corp.example", "Type": "work", "Primary": True},
            ],
            "UserStatus": "DISABLED",
            "CreatedAt": "2023-05-06T07:08:09.123000+02:00",
            "Extensions": {"aws:identitystore:enterprise": {"employeeNumber": "00042", "manager": {"value": "7"}}},
            "IdentityStoreId": "d-1234567890",
        }
    ]
}


def told(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in names)


def test_people_of_okta_are_read_with_their_status_and_last_sign_in(roster: Roster) -> None:
    ann, bob = roster.rows("users.csv", OKTA, preset="okta")
    names = ("native_id", "username", "email", "given_name", "middle_name", "family_name", "preferred_name")
    assert told(ann, *names) == (
        *("00u1a2b3c4", "ann@corp.example", "Ann.Lee@corp.example"),
        *("Ann", "M", "Lee", "Annie"),
    )
    assert told(ann, "employee_id", "manager_id", "status", "is_enabled") == ("00042", "00007", "ACTIVE", True)
    assert told(ann, "created_at", "last_active_at") == (datetime(2020, 1, 2, 3, 4, 5), datetime(2026, 11, 20, 8))
    assert (bob["is_enabled"], bob.get("last_active_at"), bob["invalid_fields"]) == (False, None, [])
    assert "last_active_at" in bob["known_fields"]  # known, and empty: never
    assert ann["attributes"] == {"secondEmail": "ann@home.example"}  # for recovery: says little about whose it is


@pytest.mark.parametrize(
    ("status", "is_enabled"),
    [
        *[(word, True) for word in ("ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT")],
        *[(word, False) for word in ("STAGED", "SUSPENDED", "DEPROVISIONED", "Deactivated")],
        *[("Password expired", True), ("Pending user action", True), ("Locked out", True)],
        *[("", None), ("FROZEN", None)],
    ],
)
def test_every_status_of_okta_is_understood_and_any_other_is_unknown(
    roster: Roster, status: str, is_enabled: bool | None
) -> None:
    (row,) = roster.rows("users.csv", f"id,login,status\n1,ann,{status}\n", preset="okta")
    assert row.get("is_enabled") is is_enabled
    assert row["invalid_fields"] == ([] if is_enabled is not None else ["is_enabled"])


def test_the_users_api_of_okta_is_an_export_too(roster: Roster) -> None:
    user = {"id": "00u1", "status": "ACTIVE", "lastLogin": None, "profile": {"login": "ann", "employeeNumber": "007"}}
    (row,) = roster.rows(
        "users.json", json.dumps([{**user, "credentials": {"password": {"value": "x"}}}]), preset="okta"
    )
    assert told(row, "native_id", "username", "employee_id", "is_enabled") == ("00u1", "ann", "007", True)
    assert "attributes" not in row or row["attributes"] == {}


def test_a_report_of_okta_without_ids_is_told_apart_by_the_login(roster: Roster) -> None:
    content = "User,Login,Status,Activation date,Last Login\nAnn Lee,ann@corp.example,Active,2020-01-01,2026-11-01\n"
    (row,) = roster.rows("health.csv", content, preset="okta")
    assert told(row, "native_id", "display_name", "last_active_at") == (
        *("ann@corp.example", "Ann Lee"),
        datetime(2026, 11, 1),
    )


def test_users_of_entra_are_read_and_their_sign_ins_are_unknown(roster: Roster) -> None:
    ann, eve = roster.rows("users.csv", ENTRA, preset="entra")
    assert told(ann, "native_id", "username", "title", "worker_type", "is_enabled") == (
        *("7cc0c81b-f2a2", "ann@corp.example", "Lead", "Member"),
        True,
    )
    assert ann["alias_emails"] == ["ann@home.example"]
    assert told(eve, "native_id", "is_enabled", "worker_type") == ("05f9eb61-470e", False, "Guest")
    assert [ann["created_at"], eve["created_at"]] == [
        datetime(2021, 8, 9, 13, 25, 31),
        datetime(2021, 8, 19, 15, 2, 10),
    ]
    assert "last_active_at" not in ann["known_fields"]
    assert "employee_id" not in ann["known_fields"]


def test_the_latest_sign_in_of_entra_counts_and_none_at_all_is_unknown(roster: Roster) -> None:
    def user(number: int, **activity: str) -> dict[str, Any]:
        return {"id": str(number), "userPrincipalName": f"u{number}", "signInActivity": activity}

    users = [
        user(1, lastSignInDateTime="2026-01-01T00:00:00Z", lastNonInteractiveSignInDateTime="2026-03-01T00:00:00Z"),
        user(2, lastSuccessfulSignInDateTime="2026-05-01T00:00:00Z", lastSignInDateTime="2026-04-01T00:00:00Z"),
        user(3),
        user(4, lastSignInDateTime="2026-01-01T00:00:00Z", lastNonInteractiveSignInDateTime="last spring"),
    ]
    rows = roster.rows("users.json", json.dumps({"@odata.context": "x", "value": users}), preset="entra")
    assert [row.get("last_active_at") for row in rows] == [datetime(2026, 3, 1), datetime(2026, 5, 1), None, None]
    assert [row["invalid_fields"] for row in rows] == [[], [], ["last_active_at"], ["last_active_at"]]


def test_names_of_powershell_and_of_the_admin_center_are_known(roster: Roster) -> None:
    shell = (
        '#TYPE Microsoft.Open.AzureAD.Model.User\n"ObjectId","UserPrincipalName","AccountEnabled"\n"1","ann","True"\n'
    )
    (row,) = roster.rows("shell.csv", shell, preset="entra")
    assert told(row, "native_id", "username", "is_enabled", "source_row") == ("1", "ann", True, 3)
    center = (
        "Display name,User principal name,Object Id,First name,Last name,When created,Title,Block credential,"
        "Proxy addresses\nAnn Lee,ann@corp.example,1,Ann,Lee,2022-03-18 19:49:35Z,Lead,True,"
        "SMTP:ann@corp.example+smtp:a.lee+x@corp.example+X500:/o=Corp Org/cn=ann+sip:ann@corp.example\n"
    )
    (row,) = roster.rows("center.csv", center, preset="entra")
    assert told(row, "native_id", "given_name", "is_enabled") == ("1", "Ann", False)
    assert row["alias_emails"] == ["ann@corp.example", "a.lee+x@corp.example"]
    assert row["created_at"] == datetime(2022, 3, 18, 19, 49, 35)


def test_a_date_of_the_users_own_locale_is_no_date_of_the_portal(roster: Roster) -> None:
    (row,) = roster.rows("a.csv", "Id,CreatedDateTime\n1,3/12/2021 1:25:31 PM\n", preset="entra")
    assert told(row, "created_at", "invalid_fields") == (None, ["created_at"])
    content = "Id,CreatedDateTime\n1,03.12.2021 13:25:31\n"
    (row,) = roster.rows("a.csv", content, preset="entra", date_format="%d.%m.%Y %H:%M:%S")
    assert row["created_at"] == datetime(2021, 12, 3, 13, 25, 31)


def test_a_list_that_powershell_did_not_write_out_is_unknown(roster: Roster) -> None:
    content = "Id,ProxyAddresses\n1,System.Collections.Generic.List`1[System.String]\n"
    (row,) = roster.rows("a.csv", content, preset="entra")
    assert told(row, "alias_emails", "invalid_fields") == (None, ["alias_emails"])


def test_users_of_google_are_read_and_never_logged_in_is_known(roster: Roster) -> None:
    ann, bob = roster.rows("User_Download.csv", GOOGLE, preset="google")
    assert told(ann, "native_id", "email", "employee_id", "manager_id", "alias_emails") == (
        *("ann@corp.example", "ann@corp.example", "00042", "cat@corp.example"),
        ["a.lee@corp.example"],
    )
    assert told(ann, "is_enabled", "last_active_at") == (True, datetime(2026, 4, 10, 4, 5, 20))
    assert told(bob, "is_enabled", "last_active_at", "invalid_fields") == (False, None, [])
    assert "last_active_at" in bob["known_fields"]
    assert "created_at" not in bob["known_fields"]
    assert not any("Password [" in name for name in ann["attributes"])
    assert ann["attributes"]["Recovery Email"] == "it@corp.example"


def test_a_selection_of_googles_columns_knows_no_more_than_it_shows(roster: Roster) -> None:
    (row,) = roster.rows(
        "a.csv", "email address [required],status [read only]\na@x.example,Archived\n", preset="google"
    )
    assert row["known_fields"] == ["native_id", "username", "email", "status", "is_enabled"]
    assert row["is_enabled"] is False
    content = "Email Address [Required],Last Sign In [READ ONLY]\na@x.example,\n"
    (row,) = roster.rows("a.csv", content, preset="google")
    assert row["invalid_fields"] == ["last_active_at"]  # empty is not «never logged in»


def test_users_of_identity_center_are_read_from_the_aws_cli(roster: Roster) -> None:
    (ann,) = roster.rows("users.json", json.dumps(CENTER), preset="identity_center")
    assert told(ann, "native_id", "username", "given_name", "family_name", "display_name") == (
        *("90677c608a-7afcdc23", "ann"),
        *("Ann", "Lee", "Ann Lee"),
    )
    assert told(ann, "email", "alias_emails") == ("ann@corp.example", ["ann.lee@corp.example"])
    assert told(ann, "employee_id", "manager_id", "is_enabled") == ("00042", "7", False)
    assert ann["created_at"] == datetime(2023, 5, 6, 5, 8, 9, 123000)
    assert "last_active_at" not in ann["known_fields"]
    assert "00u1a2b3c4" in str(ann["attributes"]["ExternalIds"])


@pytest.mark.parametrize(
    ("preset", "mark"),
    [("identity_center", "NextToken"), ("entra", "@odata.nextLink"), ("google", "nextPageToken")],
)
def test_one_page_of_several_is_refused(roster: Roster, preset: str, mark: str) -> None:
    problem = roster.refusal("a.json", json.dumps({"Users": CENTER["Users"], mark: "eyJ"}), preset=preset)
    assert problem.code == "file_malformed"
    assert f"'{mark}' says that more follows" in problem.message
    whole = json.dumps({"Users": CENTER["Users"], "NextToken": None})
    assert len(roster.rows("b.json", whole, preset="identity_center")) == 1


@pytest.mark.parametrize("preset", list(PRESETS))
def test_another_file_is_refused_with_the_headers_that_are_expected(roster: Roster, preset: str) -> None:
    problem = roster.refusal("hr.csv", "Badge,Name\n1,Ann\n", preset=preset)
    assert problem.code == "file_not_of_preset"
    assert "hr.csv is no export of" in problem.message
    assert all(name in problem.message for name in PRESETS[preset].columns["native_id"])
    assert "the file has: Badge, Name" in problem.remedy


def test_columns_beside_a_preset_win_over_it(roster: Roster) -> None:
    content = "Badge,login,nickName,Shown\n7,ann,Annie,Ann L.\n"
    columns = {"native_id": "badge", "display_name": "Shown"}
    (row,) = roster.rows("a.csv", content, preset="okta", columns=columns)
    assert told(row, "native_id", "username", "display_name", "preferred_name") == ("7", "ann", "Ann L.", "Annie")
    assert roster.refusal("a.csv", content, preset="okta", columns={"title": "Role"}).code == "file_column_missing"


@pytest.mark.parametrize("preset", list(PRESETS))
def test_headers_are_found_in_any_case_and_order(roster: Roster, preset: str) -> None:
    microsoft = "ObjectGUID,SamAccountName,DisplayName,Enabled\n1,ann,Ann,True\n"
    own = {"okta": OKTA, "entra": ENTRA, "google": GOOGLE, "active_directory": microsoft}.get(preset)
    if own is None:
        own = "UserId,UserName,DisplayName,UserStatus\n1,ann,Ann,ENABLED\n"
    lines = [line.split(",") for line in own.splitlines()]
    turned = "\n".join(",".join(reversed(line)) for line in [[name.upper() for name in lines[0]], *lines[1:]])
    expected, found = roster.rows("a.csv", own, preset=preset), roster.rows("b.csv", turned, preset=preset)
    unsaid = {"attributes", "created_at", "invalid_fields"}  # the portal's dates depend on how its header is written
    assert [{k: v for k, v in row.items() if k not in unsaid} for row in found] == [
        {k: v for k, v in row.items() if k not in unsaid} for row in expected
    ]


def test_presets_name_no_column_twice_and_only_columns_there_are() -> None:
    for preset in PRESETS.values():
        for ours in preset.columns:
            names = [folded(name) for name in preset.names_of(ours)]
            assert len(names) == len(set(names)), ours
        assert preset.columns["native_id"]
