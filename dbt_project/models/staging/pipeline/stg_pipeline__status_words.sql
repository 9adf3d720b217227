-- Grain: one status word that settings.yaml explains, and what it says of a person.
with source as (
    select * from {{ source('pipeline', 'status_words') }}
)

select
    {{ status_word('word') }} as word,
    min(meaning) as meaning
from source
group by {{ status_word('word') }}
