"""Exports as their vendors write them: encodings, separators, dates, words; what has two meanings is unknown."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.integration.directories.file.rosters import Roster

DAY_FIRST, MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"


def _column(*dates: str) -> str:
    return "email,hired_on\n" + "".join(f'u{n}@x.org,"{date}"\n' for n, date in enumerate(dates))


def _hired(rows: list[dict[str, Any]]) -> list[datetime | None]:
    return [row.get("hired_on") for row in rows]


@pytest.mark.parametrize("sign", ["/", ".", "-"])
@pytest.mark.parametrize("day_first", [True, False])
def test_the_order_of_day_and_month_is_learned_from_the_column(roster: Roster, sign: str, day_first: bool) -> None:
    """Wherever in the file the cell stands that shows it, and the first rows too."""
    order = ("%d", "%m") if day_first else ("%m", "%d")
    written = f"{sign.join(order)}{sign}%Y"
    days = [datetime(2024, 3, 4), datetime(2023, 12, 1), datetime(2025, 1, 31)]
    rows = roster.rows("a.csv", _column(*(day.strftime(written) for day in days)))
    assert _hired(rows) == days
    assert [row["invalid_fields"] for row in rows] == [[], [], []]


def test_an_order_that_no_date_of_the_column_shows_is_unknown_and_said(roster: Roster) -> None:
    snapshot = roster.read("a.csv", _column("03/04/2024", "05/05/2024", "01/12/2023"))
    assert _hired(snapshot.tables["accounts"].to_pylist()) == [None, datetime(2024, 5, 5), None]
    [problem] = snapshot.problems
    assert problem.code == "file_cells_unknown"
    assert "2 of hired_on, first in line 2 (whether the day or the month comes first is not known" in problem.message


def test_a_column_of_both_orders_keeps_what_has_one_meaning(roster: Roster) -> None:
    snapshot = roster.read("a.csv", _column("31/12/2024", "12/31/2024", "03/04/2024"))
    assert _hired(snapshot.tables["accounts"].to_pylist()) == [datetime(2024, 12, 31), datetime(2024, 12, 31), None]
    assert "dates of both kinds" in snapshot.problems[0].message


def test_one_column_says_nothing_of_another(roster: Roster) -> None:
    content = "email,hired_on,terminated_on\na@x.org,31/12/2024,03/04/2025\nb@x.org,03/04/2024,\n"
    first, second = roster.rows("a.csv", content)
    assert (second["hired_on"], first["invalid_fields"]) == (datetime(2024, 4, 3), ["terminated_on"])


@pytest.mark.parametrize("written", [DAY_FIRST, MONTH_FIRST, "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M:%S %p"])
def test_random_columns_are_read_right_or_not_at_all(roster: Roster, written: str) -> None:
    draw = random.Random(written)
    for round_ in range(20):
        minutes = [draw.randrange(0, 60 * 24 * 366 * 3) for _ in range(draw.randint(1, 8))]
        moments = [datetime(2023, 1, 1) + timedelta(minutes=each) for each in minutes]
        if "%H" not in written and "%I" not in written:
            moments = [moment.replace(hour=0, minute=0) for moment in moments]
        found = _hired(roster.rows(f"{round_}.csv", _column(*(each.strftime(written) for each in moments))))
        assert [each for each, true in zip(found, moments, strict=True) if each not in (None, true)] == []
        if any(moment.day > 12 for moment in moments):
            assert found == moments


def test_excels_csv_of_a_german_office_is_read(roster: Roster) -> None:
    content = (
        "sep=;\r\nPersonalnummer;Vorname;Nachname;E-Mail;Eintritt;Austritt;Aktiv\r\n"
        "00042;Jörg;Müßig;j.m@corp.example;01.02.2020;;WAHR\r\n00043;Änne;Öz;;15.03.2021;31.12.2025;FALSCH\r\n"
    )
    columns = {
        "employee_id": "Personalnummer",
        "given_name": "Vorname",
        "family_name": "Nachname",
        "email": "E-Mail",
        "hired_on": "Eintritt",
        "terminated_on": "Austritt",
        "is_enabled": "Aktiv",
    }
    jorg, anne = roster.rows("a.csv", content.encode("cp1252"), columns=columns)
    assert (jorg["native_id"], jorg["family_name"], jorg["is_enabled"]) == ("00042", "Müßig", True)
    assert [row.get("hired_on") for row in (jorg, anne)] == [datetime(2020, 2, 1), datetime(2021, 3, 15)]
    assert (anne["terminated_on"], anne["is_enabled"], anne.get("email")) == (datetime(2025, 12, 31), False, None)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_get_aduser_through_export_csv_is_read_in_each_encoding(roster: Roster, encoding: str) -> None:
    header = (
        "DistinguishedName,Enabled,GivenName,LastLogonDate,Name,ObjectClass,ObjectGUID,SamAccountName,SID,Surname,"
        "UserPrincipalName,whenCreated"
    )
    guid, sid = "7cc0c81b-f2a2-4b7e-9e7d-0123456789a", "S-1-5-21-1-2-3-110"
    rows = (
        f'"CN=A,DC=x",True,Ann,"12/31/2025 5:04:12 PM",Ann Lee,user,{guid}b,ann,{sid}4,Lee,a@x,"3/4/2020 1:00:00 AM"',
        f'"CN=Bob,DC=corp",False,Bob,,Bob,user,{guid}c,bob,{sid}5,,bob@corp.example,"1/25/2021 1:00:00 PM"',
    )
    content = "\r\n".join(["#TYPE Microsoft.ActiveDirectory.Management.ADUser", header, *rows, ""])
    ann, bob = roster.rows("a.csv", content.encode(encoding), preset="active_directory")
    assert (ann["native_id"], ann["username"]) == ("7cc0c81b-f2a2-4b7e-9e7d-0123456789ab", "ann")
    assert (ann["display_name"], ann["given_name"], ann["family_name"]) == ("Ann Lee", "Ann", "Lee")
    assert (ann["is_enabled"], bob["is_enabled"]) == (True, False)
    assert ann["last_active_at"] == datetime(2025, 12, 31, 17, 4, 12)
    assert "14 days late" in ann["attributes"]["last_active_note"]
    assert (bob.get("last_active_at"), bob["invalid_fields"]) == (None, [])
    assert [row["created_at"] for row in (ann, bob)] == [datetime(2020, 3, 4, 1), datetime(2021, 1, 25, 13)]


def test_csvde_writes_ticks_flags_and_binary_ids(roster: Roster) -> None:
    content = (
        "DN,objectClass,sAMAccountName,userAccountControl,lastLogonTimestamp,objectGUID,whenCreated,memberOf\n"
        "\"CN=Ann,DC=corp\",user,ann,512,134000000000000000,X'1bc8c07ca2f27e4b9e7d0123456789ab',20200304010000.0Z,"
        '"CN=a,DC=corp;CN=b,DC=corp"\n'
        "\"CN=Bob,DC=corp\",user,bob,514,0,X'1bc8c07ca2f27e4b9e7d0123456789ac',20200304010000.0Z,\n"
    )
    ann, bob = roster.rows("a.csv", content, preset="active_directory")
    assert ann["native_id"] == "7cc0c81b-f2a2-4b7e-9e7d-0123456789ab"
    assert (ann["is_enabled"], bob["is_enabled"]) == (True, False)
    assert ann["last_active_at"] == datetime(2025, 8, 18, 14, 13, 20)
    assert (bob.get("last_active_at"), bob["created_at"]) == (None, datetime(2020, 3, 4, 1))


ACTIVE_DIRECTORY = """\
SamAccountName,ObjectGUID,Enabled,SID,ObjectClass,AccountExpirationDate,userAccountControl
Administrator,1,True,S-1-5-21-1-2-3-500,user,,512
krbtgt,2,False,S-1-5-21-1-2-3-502,user,,514
OTHER$,3,True,S-1-5-21-1-2-3-1110,user,,2080
gmsa$,4,True,S-1-5-21-1-2-3-1111,msDS-GroupManagedServiceAccount,,4096
over,5,True,S-1-5-21-1-2-3-1112,user,12/31/2024 5:04:12 PM,512
open,6,True,S-1-5-21-1-2-3-1113,user,1/2/2090 5:04:12 PM,512
odd,7,True,S-1-5-21-1-2-3-1114,user,some day,512
"""


def test_a_list_of_active_directory_says_what_its_accounts_are_and_which_expired(roster: Roster) -> None:
    found = {row["username"]: row for row in roster.rows("a.csv", ACTIVE_DIRECTORY, preset="active_directory")}
    assert {name: row.get("account_kind") for name, row in found.items()} == {
        "Administrator": "break_glass",
        **dict.fromkeys(("krbtgt", "OTHER$", "gmsa$"), "service"),
        **dict.fromkeys(("over", "open", "odd")),
    }
    assert [found[name].get("is_enabled") for name in ("krbtgt", "over", "open", "odd")] == [False, False, True, None]
    assert found["odd"]["invalid_fields"] == ["is_enabled"]


def test_an_account_that_expired_is_not_enabled_in_ldif_either(roster: Roster) -> None:
    entry = "dn: CN={0},DC=x\nobjectClass: user\nobjectGUID: {0}\nsAMAccountName: {0}\nuserAccountControl: 512\n"
    ends = {"over": "133000000000000000", "open": "0", "never": "9223372036854775807"}
    content = "\n".join(f"{entry.format(name)}accountExpires: {end}\n" for name, end in ends.items())
    assert {row["username"]: row["is_enabled"] for row in roster.rows("a.ldif", content)} == {
        "over": False,
        "open": True,
        "never": True,
    }


def test_get_mguser_through_export_csv_is_read(roster: Roster) -> None:
    content = (
        '"AccountEnabled","CreatedDateTime","DisplayName","EmployeeId","Id","Mail","OtherMails","ProxyAddresses","SignInActivity","UserPrincipalName","UserType"\n'
        '"True","31.12.2020 17:04:12","Ann Lee","00042","7cc0","ann@corp.example","System.String[]","System.String[]",'
        '"Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInActivity","ann@corp.example","Member"\n'
        '"False","03.04.2021 08:00:00","Bob","","05f9","","System.String[]","System.String[]",'
        '"Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInActivity","bob@corp.example","Guest"\n'
    )
    ann, bob = roster.rows("a.csv", content, preset="entra")
    assert (ann["native_id"], ann["employee_id"], ann["is_enabled"], bob["is_enabled"]) == (
        "7cc0",
        "00042",
        True,
        False,
    )
    assert [row["created_at"] for row in (ann, bob)] == [datetime(2020, 12, 31, 17, 4, 12), datetime(2021, 4, 3, 8)]
    assert (ann.get("alias_emails"), ann["invalid_fields"]) == (None, ["alias_emails"])
    assert "last_active_at" not in ann["known_fields"]


def test_the_portals_csv_with_its_mark_is_read_in_every_locale(roster: Roster) -> None:
    head = "﻿userPrincipalName,displayName,id,accountEnabled,createdDateTime\n"
    content = head + "ann,Ann,1,True,2021-08-09T13:25:31Z\nbob,Bob,2,FALSE,2021-08-09\n"
    ann, bob = roster.rows("a.csv", content, preset="entra")
    assert (ann["username"], ann["is_enabled"], bob["is_enabled"]) == ("ann", True, False)


def test_oktas_app_users_and_its_users_with_dates_of_a_report_are_read(roster: Roster) -> None:
    content = (
        "User Id,Username,First name,Last name,Primary email,Okta user status,Created date,Last login\n"
        "00u1,ann@corp.example,Ann,Lee,ann@corp.example,Active,2020-01-02T03:04:05.000Z,2026-11-20T08:00:00.000Z\n"
        "00u2,bob@corp.example,Bob,Ray,bob@corp.example,Suspended,,\n"
    )
    ann, bob = roster.rows("a.csv", content, preset="okta")
    assert (ann["native_id"], ann["username"], ann["given_name"], ann["email"]) == (
        *("00u1", "ann@corp.example", "Ann", "ann@corp.example"),
    )
    assert (ann["is_enabled"], bob["is_enabled"], ann["last_active_at"]) == (True, False, datetime(2026, 11, 20, 8))


def test_google_in_another_locale_of_dates_is_read(roster: Roster) -> None:
    content = (
        "﻿First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Status [READ ONLY],"
        "Last Sign In [READ ONLY]\nAnn,Lee,ann@corp.example,****,Active,2025/12/31 17:04:12\n"
        "Bob,Ray,bob@corp.example,****,Suspended,Never logged in\nEve,May,eve@corp.example,****,Archived,2025/01/02\n"
    )
    rows = roster.rows("a.csv", content, preset="google")
    assert [row["is_enabled"] for row in rows] == [True, False, False]
    assert [row.get("last_active_at") for row in rows] == [
        datetime(2025, 12, 31, 17, 4, 12),
        None,
        datetime(2025, 1, 2),
    ]
    assert not any("Password" in name for name in rows[0]["attributes"])


def test_the_credential_report_of_aws_is_a_list_of_accounts(roster: Roster) -> None:
    content = (
        "user,arn,user_creation_time,password_enabled,password_last_used,access_key_1_active\n"
        "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,2020-05-05T05:05:05+00:00,false\n"
        "ann,arn:aws:iam::111122223333:user/ann,2020-01-01T00:00:00+00:00,true,no_information,true\n"
        "bob,arn:aws:iam::111122223333:user/bob,2020-01-01T00:00:00+00:00,false,N/A,false\n"
    )
    columns = {
        "native_id": "arn",
        "username": "user",
        "created_at": "user_creation_time",
        "last_active_at": "password_last_used",
    }
    root, ann, bob = roster.rows("a.csv", content, columns=columns)
    assert (root["last_active_at"], ann["created_at"]) == (datetime(2020, 5, 5, 5, 5, 5), datetime(2020, 1, 1))
    assert [row["invalid_fields"] for row in (ann, bob)] == [["last_active_at"], ["last_active_at"]]


@pytest.mark.parametrize(
    ("separator", "name", "written"),
    [
        (",", "a.csv", "%m/%d/%Y"),
        ("\t", "a.tsv", "%d %b %Y"),
        ("\t", "a.csv", "%Y-%m-%d-08:00"),
        ("|", "a.csv", "%b %d, %Y"),
        (";", "a.csv", "%d.%m.%Y"),
    ],
)
def test_rosters_of_hr_systems_are_read_whatever_separates_their_cells(
    roster: Roster, separator: str, name: str, written: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(
        [
            "Employee #",
            "First name, Last name",
            "Work Email",
            "Employment Status",
            "Hire Date",
            "Termination Date",
            "Reporting to",
        ]
    )
    hired, left = datetime(2020, 2, 28), datetime(2025, 12, 31)
    writer.writerow(["00042", "Lee, Ann", "ann@corp.example", "Active", hired.strftime(written), "", "00001"])
    writer.writerow(
        ["00043", "Ray, Bob", "bob@corp.example", "Terminated", hired.strftime(written), left.strftime(written), ""]
    )
    columns = {
        "employee_id": "Employee #",
        "display_name": "First name, Last name",
        "email": "Work Email",
        "status": "Employment Status",
        "hired_on": "Hire Date",
        "terminated_on": "Termination Date",
        "manager_id": "Reporting to",
    }
    ann, bob = roster.rows(name, out.getvalue(), columns=columns, authoritative=True)
    assert (ann["native_id"], ann["display_name"], ann["manager_id"], ann["status"]) == (
        "00042",
        "Lee, Ann",
        "00001",
        "Active",
    )
    zone = timedelta(hours=8) if "08:00" in written else timedelta()
    assert (bob["hired_on"], bob["terminated_on"]) == (hired + zone, left + zone)
    assert (ann.get("terminated_on"), ann["invalid_fields"]) == (None, [])


def test_a_word_for_never_in_a_last_sign_in_is_known(roster: Roster) -> None:
    content = "email,created_at,last_active_at\na@x.org,never,Never\nb@x.org,,Never logged in\nc@x.org,,-\n"
    rows = roster.rows("a.csv", content)
    assert [row["invalid_fields"] for row in rows] == [["created_at"], [], ["last_active_at"]]


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_hundred_thousand_people_show_the_order_in_their_last_row(roster: Roster, kind: str) -> None:
    days = [datetime(2024, 1 + n % 12, 1 + n % 11) for n in range(100_000)] + [datetime(2024, 5, 31)]
    people = [{"email": f"u{n}@x.org", "hired_on": day.strftime(DAY_FIRST)} for n, day in enumerate(days)]
    content = json.dumps(people) if kind == "json" else _column(*(each["hired_on"] for each in people))
    assert _hired(roster.rows(f"a.{kind}", content)) == days
