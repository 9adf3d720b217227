-- Grain: one weight or threshold of matching that settings.yaml sets to another value than ours.
with source as (
    select * from {{ source('pipeline', 'match_settings') }}
)

select
    setting_kind,
    name,
    value
from source
