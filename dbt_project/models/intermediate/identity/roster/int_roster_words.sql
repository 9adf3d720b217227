-- Grain: one status word of one roster, and what it is taken for. settings.yaml comes first; then
-- the roster's own end dates; then our list; then the accounts of its people elsewhere. Where the
-- dates contradict the list, and where nothing explains the word, it is unknown.
with accounts as (
    select
        directory_id,
        {{ status_word('status') }} as word,
        status,
        case
            when {{ json_has('invalid_fields', 'terminated_on') }} then 'unreadable'
            when terminated_on <= as_of then 'past'
            when terminated_on is not null then 'future'
            else 'none'
        end as end_date
    from {{ ref('int_accounts_unioned') }}
    where is_authoritative
),

settings as (
    select * from {{ ref('stg_pipeline__status_words') }}
),

listed_words as (
    select * from {{ ref('employment_words') }}
),

rosters as (
    select
        directory_id,
        count(*) as row_count,
        count(case when end_date = 'past' then 1 end) as ended_count
    from accounts
    group by directory_id
),

words as (
    select
        directory_id,
        word,
        min(trim(status)) as status,
        {{ first_of('word') }} as first_word,
        {{ first_of('word') }} || ' ' || {{ first_of(all_but_first('word')) }} as first_two_words,
        {{ last_of(all_but_last('word')) }} || ' ' || {{ last_of('word') }} as last_two_words,
        count(*) as row_count,
        count(case when end_date <> 'unreadable' then 1 end) as dated_count,
        count(case when end_date = 'past' then 1 end) as ended_count
    from accounts
    where word <> ''
    group by directory_id, word
),

-- Nearly all who carry it have left; or most rows carry it, hardly any of these has left, and
-- others have: the roster keeps its end dates.
learned as (
    select
        words.directory_id,
        words.word,
        case
            when
                words.ended_count >= {{ threshold('status_sample') }}
                and words.ended_count >= {{ threshold('status_ended_share') }} * words.dated_count
                then 'terminated'
            when
                words.row_count >= {{ threshold('status_majority_share') }} * rosters.row_count
                and words.ended_count
                <= (1 - {{ threshold('status_ended_share') }}) * words.dated_count
                and rosters.ended_count - words.ended_count >= {{ threshold('status_sample') }}
                then 'active'
        end as meaning
    from words
    inner join rosters on words.directory_id = rosters.directory_id
),

by_list as (
    select
        words.directory_id,
        words.word,
        coalesce(whole.meaning, first_one.meaning, first_two.meaning, last_two.meaning) as meaning
    from words
    left join listed_words as whole on words.word = whole.word
    left join listed_words as first_one
        on words.first_word = first_one.word and first_one.is_enough_as_first_word
    left join listed_words as first_two
        on words.first_two_words = first_two.word and first_two.is_enough_as_first_word
    left join listed_words as last_two
        on words.last_two_words = last_two.word and last_two.meaning = 'on_leave'
),

compared as (
    select
        words.directory_id,
        words.word,
        words.status,
        words.row_count,
        words.ended_count,
        settings.meaning as set_meaning,
        learned.meaning as learned_meaning,
        by_list.meaning as list_meaning,
        by_accounts.meaning as accounts_meaning,
        coalesce(
            (learned.meaning = 'terminated') <> (by_list.meaning = 'terminated'), false
        ) as is_contradicted
    from words
    inner join learned
        on words.directory_id = learned.directory_id and words.word = learned.word
    inner join by_list on words.directory_id = by_list.directory_id and words.word = by_list.word
    left join settings on words.word = settings.word
    left join {{ ref('int_roster_words_by_accounts') }} as by_accounts
        on words.directory_id = by_accounts.directory_id and words.word = by_accounts.word
)

select
    directory_id,
    word,
    status,
    case
        when set_meaning is not null then set_meaning
        when is_contradicted then 'unknown'
        when list_meaning = 'on_leave' then list_meaning
        else coalesce(learned_meaning, list_meaning, accounts_meaning, 'unknown')
    end as meaning,
    case
        when set_meaning is not null then 'settings'
        when is_contradicted then 'contradiction'
        when learned_meaning is not null and coalesce(list_meaning, '') <> 'on_leave'
            then 'end_dates'
        when list_meaning is not null then 'list'
        when accounts_meaning is not null then 'accounts'
        else 'none'
    end as basis,
    row_count,
    ended_count
from compared
