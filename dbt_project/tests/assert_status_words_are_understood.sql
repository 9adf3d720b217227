-- Warns about status words of a roster that nothing explains while somebody's employment hangs on
-- them.
{{ config(severity='warn') }}

select
    directory_id,
    word,
    unknown_count,
    'explain it in settings.yaml, as status_words: {terminated: ["' || word
    || '"]} or {active: [...]}' as remedy
from {{ ref('status_words') }}
where taken_for = 'unknown' and unknown_count > 0
