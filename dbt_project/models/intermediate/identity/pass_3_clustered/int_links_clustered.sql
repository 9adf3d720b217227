-- Grain: one cluster of accounts, some in a directory of people, that all its evidence together
-- gives to a person of the rosters.
{{ clusters_linked(ref('int_evidence_clustered')) }}
