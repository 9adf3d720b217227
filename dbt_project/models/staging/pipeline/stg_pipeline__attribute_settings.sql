-- Grain: one attribute, and what settings.yaml says it means.
with source as (
    select * from {{ source('pipeline', 'attribute_settings') }}
)

select
    attribute,
    meaning
from source
