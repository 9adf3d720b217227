-- Grain: one cluster of accounts that all its evidence together gives to a person, of the rosters
-- or outside them.
{{ clusters_linked(ref('int_evidence_remaining')) }}
