-- Grain: one status word of one roster, and what it is taken for.
with words as (
    select * from {{ ref('int_roster_words') }}
),

accounts as (
    select * from {{ ref('int_accounts_unioned') }}
    where is_authoritative
),

undecided as (
    select
        roster_rows.directory_id,
        {{ status_word('accounts.status') }} as word,
        count(*) as unknown_count
    from {{ ref('int_roster_rows') }} as roster_rows
    inner join accounts on roster_rows.account_key = accounts.account_key
    where roster_rows.employment_status = 'unknown'
    group by roster_rows.directory_id, {{ status_word('accounts.status') }}
)

select
    words.directory_id,
    words.status as word,
    words.meaning as taken_for,
    words.basis,
    cast(words.row_count as bigint) as row_count,
    cast(words.ended_count as bigint) as ended_count,
    cast(coalesce(undecided.unknown_count, 0) as bigint) as unknown_count,
    directories.as_of
from words
inner join {{ ref('int_directories_assessed') }} as directories
    on words.directory_id = directories.directory_id
left join undecided
    on words.directory_id = undecided.directory_id and words.word = undecided.word
