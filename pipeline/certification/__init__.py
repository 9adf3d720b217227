"""Certification campaigns: who has access, who says it is still needed, and the proof of it.

What packets and write-back build on:

`campaigns.load_campaign(home, name) -> Review`
    A campaign with everything that was recorded about it: `campaign` (name, due_at, default), `items` (frozen, each
    with its digest), `decisions`, `reassignments`, `closing`. `reviewers()` lists the items of each reviewer,
    `decision_of(item)` gives the decision that counts.

`campaigns.record_decisions(home, name, rows, decided_by, imported_by) -> Recorded`
    Records every valid row of `rows` (`DecisionInput`) in one transaction and reports each other row by its number and
    the reason. Rows that say what was recorded before change nothing.

Both are on the ledger alone. What can be rebuilt (the tables `review.*`) is `published`'s.

Never imports Dagster, and calls no directory.
"""
