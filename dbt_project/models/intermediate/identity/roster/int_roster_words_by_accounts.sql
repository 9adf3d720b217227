-- Grain: one status word of one roster that the accounts of its people in other directories
-- explain. Of people who have left few accounts remain, and these are disabled; people on leave
-- keep theirs. Said only where many people have the word, and most rows another one, of which the
-- opposite holds.
with listed as (
    select * from {{ ref('int_accounts_listed') }}
),

persons as (
    select * from {{ ref('int_vocabulary_persons') }}
    where is_rostered
),

rows_worded as (
    select
        persons.person,
        listed.directory_id,
        {{ status_word('listed.status') }} as word
    from persons
    inner join listed on persons.account_key = listed.account_key
    inner join {{ ref('int_directories_assessed') }} as directories
        on listed.directory_id = directories.directory_id
    where directories.is_authoritative
),

-- The earlier row of a person who came back says nothing of their accounts.
single_rows as (
    select
        person,
        min(directory_id) as directory_id,
        min(word) as word
    from rows_worded
    group by person
    having count(*) = 1
),

held as (
    select
        persons.person,
        count(case when not listed.is_enabled then 1 end) > 0 as has_disabled
    from persons
    inner join listed on persons.account_key = listed.account_key
    inner join {{ ref('int_directories_assessed') }} as directories
        on listed.directory_id = directories.directory_id
    where not directories.is_authoritative and listed.is_enabled is not null
    group by persons.person
),

words as (
    select
        single_rows.directory_id,
        single_rows.word,
        count(*) as row_count,
        count(held.person) as holders,
        count(case when held.has_disabled then 1 end) as disabled
    from single_rows
    left join held on single_rows.person = held.person
    group by single_rows.directory_id, single_rows.word
),

rosters as (
    select
        directory_id,
        sum(row_count) as row_count
    from words
    group by directory_id
),

-- The word of those who work here.
usual as (
    select
        words.directory_id,
        words.word,
        1.0 * words.holders / words.row_count as holder_share
    from words
    inner join rosters on words.directory_id = rosters.directory_id
    where
        words.word <> ''
        and words.row_count >= {{ threshold('status_majority_share') }} * rosters.row_count
        and words.holders >= {{ threshold('status_holders') }}
        and words.disabled <= (1 - {{ threshold('status_ended_share') }}) * words.holders
),

ended as (
    select
        words.directory_id,
        words.word,
        usual.word as usual_word
    from words
    inner join usual on words.directory_id = usual.directory_id
    where
        words.word <> ''
        and words.holders >= {{ threshold('status_holders') }}
        and words.disabled >= {{ threshold('status_disabled_share') }} * words.holders
        and words.holders <= 0.5 * usual.holder_share * words.row_count
)

select
    directory_id,
    word,
    'terminated' as meaning
from ended
union
select
    directory_id,
    usual_word as word,
    'active' as meaning
from ended
