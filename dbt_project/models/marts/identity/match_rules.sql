-- Grain: one rule of matching, and the weight in force.
select
    rule,
    relation,
    family,
    strength,
    cast(weight as double) as weight,
    cast(default_weight as double) as default_weight,
    enabled as is_enabled,
    description
from {{ ref('int_match_rules') }}
