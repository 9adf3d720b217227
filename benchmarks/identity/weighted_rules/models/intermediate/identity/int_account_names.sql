-- Grain: one way to read an account's name, folded: a given and a family name, and where it was read.
-- `claim_role` is own, or owner for the name of somebody who answers for the account.
with

accounts as (
    select *
    from {{ ref('int_accounts_unioned') }}
),

attributes as (
    select *
    from {{ ref('int_account_attributes') }}
),

parted as (
    select account_key, 'own' as claim_role, 'name' as source_field, given_name as given_text, family_name as family_text
    from accounts
    union all
    select account_key, 'own', 'preferred_name', preferred_name, family_name
    from accounts
    union all
    select account_key, 'own', 'middle_name', middle_name, family_name
    from accounts
    union all
    select accounts.account_key, 'own', 'former_family_name', accounts.given_name, attributes.attribute_value
    from accounts
    inner join attributes
        on accounts.account_key = attributes.account_key
        and attributes.meaning = 'former_family_name'
    union all
    select accounts.account_key, 'own', 'former_family_name', accounts.preferred_name, attributes.attribute_value
    from accounts
    inner join attributes
        on accounts.account_key = attributes.account_key
        and attributes.meaning = 'former_family_name'
),

shown as (
    select account_key, 'own' as claim_role, 'display_name' as source_field, display_name as shown_text
    from accounts
    union all
    select account_key, case when meaning = 'owner' then 'owner' else 'own' end, source_field, attribute_value
    from attributes
    where meaning in ('person', 'owner')
        and attribute_value like '% %'
        and attribute_value not like '%@%'
),

-- a name is folded once, however many accounts have it
name_texts as (
    select distinct given_text, family_text
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
        {{ words(fold_spelled_out('given_text')) }},
        {{ words(fold_spelled_out('family_text')) }}
    from name_texts
    where {{ fold('given_text || family_text') }} <> {{ fold_spelled_out('given_text || family_text') }}
),

folded_texts as (
    select parted.account_key, parted.claim_role, parted.source_field, texts.given, texts.family
    from parted
    inner join folded_name_texts as texts
        on parted.given_text = texts.given_text and parted.family_text = texts.family_text
),

shown_texts as (
    select distinct shown_text
    from shown
    where shown_text like '% %' or shown_text like '%,%'
),

-- what stands in brackets is no name
plain_texts as (
    select
        shown_text,
        {{ regexp_replace_all("translate(shown_text, '[]{}', '()()')", '[(][^)]*[)]', ' ') }} as plain_text
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
        {{ name_words(words(fold_spelled_out("split_part(plain_text, ',', 1)"))) }},
        {{ name_words(words(fold_spelled_out("split_part(plain_text, ',', 2)"))) }}
    from plain_texts
    where {{ fold('plain_text') }} <> {{ fold_spelled_out('plain_text') }}
),

folded_shown as (
    select shown.account_key, shown.claim_role, shown.source_field, texts.before_comma, texts.after_comma
    from shown
    inner join folded_shown_texts as texts on shown.shown_text = texts.shown_text
),

readings as (
    select account_key, claim_role, source_field, given, family
    from folded_texts
    union all
    select account_key, claim_role, source_field, after_comma, before_comma
    from folded_shown
    where after_comma <> ''
    union all
    select account_key, claim_role, source_field, {{ first_word('before_comma') }}, {{ all_but_first('before_comma') }}
    from folded_shown
    where after_comma = '' and before_comma like '% %'
    union all
    select
        folded_shown.account_key,
        folded_shown.claim_role,
        folded_shown.source_field,
        {{ last_word('folded_shown.before_comma') }},
        {{ all_but_last('folded_shown.before_comma') }}
    from folded_shown
    left join (
        select account_key
        from accounts
        where given_name <> '' and family_name <> ''
    ) as named on folded_shown.account_key = named.account_key and folded_shown.claim_role = 'own'
    where folded_shown.after_comma = '' and folded_shown.before_comma like '% % %'
        and named.account_key is null
),

-- double names are also used by half
variants as (
    select account_key, claim_role, source_field, {{ one_word('given') }} as given, {{ one_word('family') }} as family, true as is_whole
    from readings
    union all
    select account_key, claim_role, source_field, {{ first_word('given') }}, {{ one_word('family') }}, true
    from readings
    where given like '% %'
    union all
    select account_key, claim_role, source_field, {{ first_word('given') }}, {{ last_word('family') }}, false
    from readings
    where family like '% %'
    union all
    select account_key, claim_role, source_field, {{ first_word('given') }}, {{ first_word('family') }}, false
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
where given <> '' and family <> ''
    and length(given) + length(family) > 3
group by account_key, claim_role, given, family
