-- Grain: one rule of matching, and the weight in force: the earlier name of match_rules.
select
    rule,
    relation,
    family,
    strength,
    weight,
    default_weight,
    is_enabled,
    description
from {{ ref('match_rules') }}
