-- Grain: one way to read an account's name, folded to plain letters: a given and a family name, and
-- where it was read. claim_role: own, or owner for the name of somebody who answers for the
-- account.
with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

attributes as (
    select * from {{ ref('int_account_attributes') }}
),

former_names as (
    select * from attributes
    where meaning = 'former_family_name'
),

parted as (
    select
        account_key,
        'own' as claim_role,
        'name' as source_field,
        given_name as given_text,
        family_name as family_text
    from accounts
    union all
    select
        account_key,
        'own' as claim_role,
        'preferred_name' as source_field,
        preferred_name as given_text,
        family_name as family_text
    from accounts
    union all
    select
        account_key,
        'own' as claim_role,
        'middle_name' as source_field,
        middle_name as given_text,
        family_name as family_text
    from accounts
    union all
    select
        accounts.account_key,
        'own' as claim_role,
        'former_family_name' as source_field,
        accounts.given_name as given_text,
        former_names.attribute_value as family_text
    from accounts
    inner join former_names on accounts.account_key = former_names.account_key
    union all
    select
        accounts.account_key,
        'own' as claim_role,
        'former_family_name' as source_field,
        accounts.preferred_name as given_text,
        former_names.attribute_value as family_text
    from accounts
    inner join former_names on accounts.account_key = former_names.account_key
),

shown as (
    select
        account_key,
        'own' as claim_role,
        'display_name' as source_field,
        stated_name as shown_text
    from accounts
    union all
    select
        account_key,
        case when meaning = 'owner' then 'owner' else 'own' end as claim_role,
        source_field,
        attribute_value as shown_text
    from attributes
    where
        meaning in ('person', 'owner')
        and attribute_value like '% %'
        and attribute_value not like '%@%'
),

-- A name is folded once, however many accounts have it.
name_texts as (
    select distinct
        given_text,
        family_text
    from parted
    where given_text <> '' and family_text <> ''
),

folded_name_texts as (
    select
        given_text,
        family_text,
        {{ words(fold('given_text')) }} as given,
        {{ words(fold('family_text')) }} as family
    from name_texts
    union all
    select
        given_text,
        family_text,
        {{ words(fold_spelled_out('given_text')) }} as given,
        {{ words(fold_spelled_out('family_text')) }} as family
    from name_texts
    where {{ is_spelled_differently('given_text || family_text') }}
),

folded_texts as (
    select
        parted.account_key,
        parted.claim_role,
        parted.source_field,
        texts.given,
        texts.family
    from parted
    inner join folded_name_texts as texts
        on parted.given_text = texts.given_text and parted.family_text = texts.family_text
),

shown_texts as (
    select distinct shown_text
    from shown
    where shown_text like '% %' or shown_text like '%,%'
),

-- What stands in brackets is no name.
plain_texts as (
    select
        shown_text,
        {{ regexp_replace_all("translate(shown_text, '[]{}', '()()')", '[(][^)]*[)]', ' ') }}
            as plain_text
    from shown_texts
),

folded_shown_texts as (
    select
        shown_text,
        {{ name_words(words(fold("split_part(plain_text, ',', 1)"))) }} as before_comma,
        {{ name_words(words(fold("split_part(plain_text, ',', 2)"))) }} as after_comma
    from plain_texts
    union all
    select
        shown_text,
        {{ name_words(words(fold_spelled_out("split_part(plain_text, ',', 1)"))) }} as before_comma,
        {{ name_words(words(fold_spelled_out("split_part(plain_text, ',', 2)"))) }} as after_comma
    from plain_texts
    where {{ is_spelled_differently('plain_text') }}
),

named as (
    select
        account_key,
        'own' as claim_role
    from accounts
    where given_name <> '' and family_name <> ''
),

folded_shown as (
    select
        shown.account_key,
        shown.claim_role,
        shown.source_field,
        texts.before_comma,
        texts.after_comma,
        named.account_key is not null as is_parted
    from shown
    inner join folded_shown_texts as texts on shown.shown_text = texts.shown_text
    left join named
        on shown.account_key = named.account_key and shown.claim_role = named.claim_role
),

readings as (
    select
        account_key,
        claim_role,
        source_field,
        given,
        family
    from folded_texts
    union all
    select
        account_key,
        claim_role,
        source_field,
        after_comma as given,
        before_comma as family
    from folded_shown
    where after_comma <> ''
    union all
    select
        account_key,
        claim_role,
        source_field,
        {{ first_of('before_comma') }} as given,
        {{ all_but_first('before_comma') }} as family
    from folded_shown
    where after_comma = '' and before_comma like '% %'
    union all
    select
        account_key,
        claim_role,
        source_field,
        {{ last_of('before_comma') }} as given,
        {{ all_but_last('before_comma') }} as family
    from folded_shown
    where after_comma = '' and before_comma like '% % %' and not is_parted
),

-- Double names are also used by half.
variants as (
    select
        account_key,
        claim_role,
        source_field,
        {{ one_word('given') }} as given,
        {{ one_word('family') }} as family,
        true as is_whole
    from readings
    union all
    select
        account_key,
        claim_role,
        source_field,
        {{ first_of('given') }} as given,
        {{ one_word('family') }} as family,
        true as is_whole
    from readings
    where given like '% %'
    union all
    select
        account_key,
        claim_role,
        source_field,
        {{ first_of('given') }} as given,
        {{ last_of('family') }} as family,
        false as is_whole
    from readings
    where family like '% %'
    union all
    select
        account_key,
        claim_role,
        source_field,
        {{ first_of('given') }} as given,
        {{ first_of('family') }} as family,
        false as is_whole
    from readings
    where family like '% %'
)

select
    account_key,
    claim_role,
    given,
    family,
    {{ name_key('given', 'family') }} as name_key,
    max(is_whole) as is_whole,
    min(source_field) as source_field
from variants
where given <> '' and family <> '' and length(given) + length(family) > 3
group by account_key, claim_role, given, family
