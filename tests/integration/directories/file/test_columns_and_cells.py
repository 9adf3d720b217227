"""Which column is which, and what a cell tells: a name that is not there fails, a doubtful cell is unknown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.integration.directories.file.rosters import Roster

HEADER = "Employee Number,WorkEmail,First"


def test_columns_are_found_to_the_letter_or_but_for_case_and_blanks(roster: Roster) -> None:
    columns = {"employee_id": "employeenumber", "email": " WorkEmail ", "given_name": "FIRST"}
    (row,) = roster.rows("a.csv", f"{HEADER}\n1,a@x,Ada\n", columns=columns)
    assert (row["employee_id"], row["email"], row["given_name"]) == ("1", "a@x", "Ada")


def test_the_header_to_the_letter_wins_and_two_alike_are_not_chosen_from(roster: Roster) -> None:
    content = "id,ID,Mail,mail\n1,2,a@x,b@x\n"
    (row,) = roster.rows("a.csv", content, columns={"employee_id": "ID", "email": "mail"})
    assert (row["employee_id"], row["email"]) == ("2", "b@x")
    assert roster.refusal("a.csv", content, columns={"employee_id": "Id"}).code == "file_column_missing"


def test_a_named_column_that_is_not_there_is_told_with_the_nearest(roster: Roster) -> None:
    snapshot = roster.read(
        "a.csv", f"{HEADER}\n1,a,b\n", columns={"email": "Workmail", "title": "Zzz", "username": "First"}
    )
    first, second = snapshot.problems
    assert (snapshot.status, first.code, second.code) == ("failed", "file_column_missing", "file_column_missing")
    assert "has no column 'Workmail', which columns.email names; the nearest is WorkEmail" in first.message
    assert "has no column 'Zzz', which columns.title names; none is near" in second.message
    assert first.remedy == "write a name the file has: Employee Number, WorkEmail, First"


def test_without_columns_our_own_names_are_used_and_no_others(roster: Roster) -> None:
    (row,) = roster.rows("a.csv", "email,Title,department\na@x,t,d\n")
    assert (row["email"], row["department"]) == ("a@x", "d")
    assert "title" not in row
    assert row["attributes"] == {"Title": "t"}


@pytest.mark.parametrize(
    ("header", "identity"),
    [
        ("email,username,employee_id,native_id", "native_id"),
        ("email,username,employee_id", "employee_id"),
        ("email,username", "username"),
        ("title,email", "email"),
    ],
)
def test_the_best_identifying_column_is_the_id(roster: Roster, header: str, identity: str) -> None:
    names = header.split(",")
    (row,) = roster.rows("a.csv", f"{header}\n{','.join(f'v-{name}' for name in names)}\n")
    assert row["native_id"] == f"v-{identity}"
    assert set(row["known_fields"]) == {*names, "native_id"}


def test_a_file_in_which_nothing_identifies_a_row_is_refused(roster: Roster) -> None:
    problem = roster.refusal("a.csv", "title,department\na,b\n")
    assert problem.code == "file_no_identity"
    assert "the file has: title, department" in problem.remedy


def test_what_the_file_cannot_tell_is_not_among_the_known_fields(roster: Roster) -> None:
    (row,) = roster.rows("a.csv", f"{HEADER}\n1,a@x,Ada\n", columns={"employee_id": "Employee Number"})
    assert row["known_fields"] == ["native_id", "employee_id"]
    assert row["attributes"] == {"WorkEmail": "a@x", "First": "Ada"}


def test_one_column_may_be_two_of_ours(roster: Roster) -> None:
    (row,) = roster.rows("a.csv", f"{HEADER}\n1,a@x,Ada\n", columns={"username": "WorkEmail", "email": "WorkEmail"})
    assert (row["native_id"], row["username"], row["email"]) == ("a@x", "a@x", "a@x")


def hired(roster: Roster, written: str, **keys: Any) -> tuple[Any, list[str]]:
    (row,) = roster.rows("a.csv", f'email,hired_on\na@x,"{written}"\n', **keys)
    return row.get("hired_on"), row["invalid_fields"]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2024-02-29", datetime(2024, 2, 29)),
        (" 2024-02-29 ", datetime(2024, 2, 29)),
        ("20240229", datetime(2024, 2, 29)),
        ("2024-02-29T23:30", datetime(2024, 2, 29, 23, 30)),
        ("2024-02-29 23:30:15", datetime(2024, 2, 29, 23, 30, 15)),
        ("2024-02-29T23:30:15Z", datetime(2024, 2, 29, 23, 30, 15)),
        ("2024-02-29T23:30:15.1234567Z", datetime(2024, 2, 29, 23, 30, 15, 123456)),
        ("2024-02-29T23:30:15,5+02:00", datetime(2024, 2, 29, 21, 30, 15, 500000)),
        ("2024-02-29T23:30:15-0830", datetime(2024, 3, 1, 8, 0, 15)),
        ("2024-02-29T23:30+02", datetime(2024, 2, 29, 21, 30)),
        ("20240229233015Z", datetime(2024, 2, 29, 23, 30, 15)),
        ("9999-12-31", datetime(9999, 12, 31)),
        ("2024-2-9", datetime(2024, 2, 9)),
        ("29.02.2024", datetime(2024, 2, 29)),
        ("2/29/2024", datetime(2024, 2, 29)),
        ("02/02/2024", datetime(2024, 2, 2)),
        ("2024/02/29 23:30:15", datetime(2024, 2, 29, 23, 30, 15)),
        ("2/29/2024 12:04:12 AM", datetime(2024, 2, 29, 0, 4, 12)),
        ("2/29/2024, 12:04\u202fp.m.", datetime(2024, 2, 29, 12, 4)),
        ("29.02.2024 17:04", datetime(2024, 2, 29, 17, 4)),
        ("29-Feb-2024", datetime(2024, 2, 29)),
        ("Feb 29, 2024", datetime(2024, 2, 29)),
        ("29 February 2024 23:30 +02:00", datetime(2024, 2, 29, 21, 30)),
        ("2024-02-29-08:00", datetime(2024, 2, 29, 8)),
        ("2024-02-29 23:30:15 UTC", datetime(2024, 2, 29, 23, 30, 15)),
        ("133500000000000000", datetime(2024, 1, 17, 21, 20)),
        ("1709249415123", datetime(2024, 2, 29, 23, 30, 15, 123000)),
        ("1709249415", datetime(2024, 2, 29, 23, 30, 15)),
    ],
)
def test_dates_with_one_meaning_are_read_in_utc(roster: Roster, written: str, instant: datetime) -> None:
    assert hired(roster, written) == (instant, [])


@pytest.mark.parametrize(
    "written",
    [
        *(
            "2023-02-29",
            "02/03/2024",
            "2024-0229",
            "24-02-29",
            "Febr 29, 2024",
            "29.02.24",
            "30.02.2024",
            "13/13/2024",
            "29 Fevrier 2024",
            "02/29/2024 13:00 PM",
            "02/29/2024 0:00 AM",
            "2024022923",
            "45351",
            "0",
            "never",
        ),
        *(
            "2024-02-29T24:30",
            "2024-02-29T23:60",
            "2024-13-01",
            "2024-02-29T23:30+25:00",
            "0001-01-01T00:00+05:00",
            "٢٠٢٤-٠٢-٢٩",
        ),
        *("0000-01-01", "2024-02-29T", "N/A", "-", "99999999999999999"),
    ],
)
def test_a_date_that_cannot_be_told_is_unknown_and_never_a_guess(roster: Roster, written: str) -> None:
    assert hired(roster, written) == (None, ["hired_on"])
    (row,) = roster.rows("a.csv")
    assert row["attributes"] == {"hired_on": written}  # what was written is kept as evidence


def test_a_declared_format_is_the_only_one(roster: Roster) -> None:
    assert hired(roster, "02.03.2024", date_format="%d.%m.%Y") == (datetime(2024, 3, 2), [])
    assert hired(roster, "2024-03-02", date_format="%d.%m.%Y") == (None, ["hired_on"])
    assert hired(roster, "02.03.2024 00:30 +0100", date_format="%d.%m.%Y %H:%M %z") == (
        datetime(2024, 3, 1, 23, 30),
        [],
    )


def test_an_empty_date_is_none_and_known(roster: Roster) -> None:
    assert hired(roster, "") == (None, [])
    assert hired(roster, "  ") == (None, [])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((word, True) for word in ("true", "TRUE", "yes", "Y", "1", "active", " Enabled ", "on", "t")),
        *((word, False) for word in ("false", "No", "n", "0", "inactive", "DISABLED", "off", "f")),
        *((word, True) for word in ("WAHR", "VRAI", "Verdadero", "ja", "oui", "Sí")),
        *((word, False) for word in ("FALSCH", "FAUX", "Falso", "nein", "non", "Suspended", "deactivated")),
        ("", None),
    ],
)
def test_truth_values_are_read_in_the_words_of_exports(roster: Roster, written: str, value: bool | None) -> None:
    (row,) = roster.rows("a.csv", f"email,is_enabled\na@x,{written}\n")
    assert (row.get("is_enabled"), row["invalid_fields"]) == (value, [])


@pytest.mark.parametrize("written", ["maybe", "2", "terminated", "-", "jo", "01", "locked", "pending"])
def test_any_other_word_is_neither(roster: Roster, written: str) -> None:
    (row,) = roster.rows("a.csv", f"email,is_enabled\na@x,{written}\n")
    assert (row.get("is_enabled"), row["invalid_fields"]) == (None, ["is_enabled"])


def test_aliases_are_a_list_however_they_are_separated(roster: Roster) -> None:
    (row,) = roster.rows("a.csv", 'email,alias_emails\na@x,"b@x; c@x,d@x | e@x  f@x;"\n')
    assert row["alias_emails"] == ["b@x", "c@x", "d@x", "e@x", "f@x"]
