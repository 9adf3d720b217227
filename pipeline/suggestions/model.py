"""Scores an account against a person with Splink's Fellegi-Sunter model.

Learning takes the pairs the rules are certain of as examples (Splink's `estimate_m_from_pairwise_labels`). Expectation
maximisation is not used: names and logins follow from one another, which it takes for several witnesses.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import duckdb

from pipeline.suggestions.records import ACCOUNTS, CERTAIN, PERSONS

ENOUGH_TO_LEARN_FROM = 200
"""Pairs and persons; below, the numbers below are better than what so few could teach."""

KEPT = {"fix_m_probability": True}
"""Not learnt: what the rules are certain of is seldom misspelt, and what they are not often is."""

Level = Mapping[str, Any]


class NotScoredError(Exception):
    """Splink could not compare these records; what it said is the cause."""


def _level(condition: str, words: str, among_matches: float, among_others: float, **more: Any) -> Level:
    return {
        "sql_condition": condition,
        "label_for_charts": words,
        "m_probability": among_matches,
        "u_probability": among_others,
        **more,
    }


def _null(column: str) -> Level:
    return {
        "sql_condition": f"{column}_l is null or {column}_r is null",
        "label_for_charts": "not known",
        "is_null_level": True,
    }


def _name(column: str, near: float, exact_by_chance: float) -> dict[str, Any]:
    """Equal (a rare name says more than a common one), near by Jaro-Winkler, or neither."""
    return {
        "output_column_name": column,
        "comparison_levels": [
            _null(column),
            _level(f"{column}_l = {column}_r", "equal", 0.94, exact_by_chance, tf_adjustment_column=column),
            _level(f"jaro_winkler_similarity({column}_l, {column}_r) >= {near}", "near", 0.02, 0.001, **KEPT),
            _level("ELSE", "different", 0.04, 0.99),
        ],
    }


_NEAR = """
    greatest(
        jaro_winkler_similarity(login_l, login_r),
        jaro_winkler_similarity(login_l, logins_r[1]),
        jaro_winkler_similarity(login_l, logins_r[4])
    ) >= 0.93
"""
"""Near the login of the person, or one made of their name (alee, annlee)."""


def _login() -> dict[str, Any]:
    return {
        "output_column_name": "login",
        "comparison_levels": [
            _null("login"),
            _level("login_l = login_r", "equal", 0.80, 0.0003),
            _level("list_contains(logins_r, login_l)", "made of the name", 0.05, 0.0003),
            _level(_NEAR, "near", 0.12, 0.0003, **KEPT),
            _level("ELSE", "different", 0.03, 0.9991),
        ],
    }


COMPARED = ("given_name", "family_name", "login")

_BLOCKS = (
    "l.is_open and l.family_name = r.family_name",
    "l.is_open and l.given_name = r.given_name and left(l.family_name, 2) = left(r.family_name, 2)",
    "l.is_open and l.login = r.login",
    "l.is_open and l.login = left(r.given_name, 1) || r.family_name",
    "l.is_open and l.given_name = r.family_name and l.family_name = r.given_name",
)
"""Pairs that are looked at: those who share something."""


def scored(connection: duckdb.DuckDBPyConnection, *, persons: int, certain: int, at_least: float) -> str:
    """The table of pairs that are matches with a probability of `at_least`, in `connection`.

    One in two open accounts is taken to belong to one of the `persons`. The same records give the same scores. Raises
    NotScoredError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about an accelerator of a library of theirs that nobody here chose
        try:
            return _scored(connection, persons, certain, at_least)
        except Exception as error:  # an optional package: whatever ails it, the sync goes on without suggestions
            raise NotScoredError(" ".join(f"{type(error).__name__}: {error}".split())[:300]) from error


def _scored(connection: duckdb.DuckDBPyConnection, persons: int, certain: int, at_least: float) -> str:
    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink.blocking_rule_library import CustomRule

    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[_name("given_name", 0.9, 0.004), _name("family_name", 0.92, 0.0012), _login()],
        blocking_rules_to_generate_predictions=[CustomRule(rule) for rule in _BLOCKS],
        probability_two_random_records_match=0.5 / max(persons, 1),
        retain_intermediate_calculation_columns=True,
    )
    database = DuckDBAPI(connection)
    linker = Linker(
        [database.register(name, dataset_display_name=name) for name in (ACCOUNTS, PERSONS)], settings, None
    )
    if min(persons, certain) >= ENOUGH_TO_LEARN_FROM:
        linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
        examples = database.register(CERTAIN, table_name="examples")
        linker.training.estimate_m_from_pairwise_labels(examples)  # type: ignore[no-untyped-call]
    found = linker.inference.predict(threshold_match_probability=at_least, warning_mode="never")
    return str(found.physical_name)
