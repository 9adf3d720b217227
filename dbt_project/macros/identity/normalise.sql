{#- How identifiers and names are made comparable. Every key of the identity models goes through one of these. -#}

{#- Lower-case ASCII, one letter for one: ü as u. -#}
{%- macro fold(text) -%}
    {{ return(adapter.dispatch('fold', 'certification')(text)) }}
{%- endmacro -%}

{%- macro default__fold(text) -%}
    translate(
        {{ _letters_of_two(text) }},
        'àáâãäåāăąạảấầẩẫậắằẳẵặçćĉċčďđðèéêëēĕėęěẹẻẽếềểễệĝğġģĥħìíîïĩīĭįıịỉĵķĺļľłñńņňòóôõöøōŏőọỏốồổỗộớờởỡợơŕŗřśŝşšșţťŧțùúûüũūŭůűųụủứừửữựưŵýÿŷỳỵỷỹźżž',
        'aaaaaaaaaaaaaaaaaaaaacccccdddeeeeeeeeeeeeeeeeegggghhiiiiiiiiiiijkllllnnnnoooooooooooooooooooooorrrsssssttttuuuuuuuuuuuuuuuuuuwyyyyyyyzzz'
    )
{%- endmacro -%}

{%- macro duckdb__fold(text) -%}
    {{ _where_beyond_ascii(text, "translate(strip_accents(" ~ _letters_of_two(text) ~ "), 'øłđðıħŧ', 'olddiht')") }}
{%- endmacro -%}

{#- Most names are plain letters already: only the rest pays for `otherwise`. -#}
{%- macro _where_beyond_ascii(text, otherwise) -%}
    case when {{ regexp_matches(text, '[^ -~]') }} then {{ otherwise }} else lower({{ text }}) end
{%- endmacro -%}

{%- macro _letters_of_two(text) -%}
    replace(replace(replace(replace(lower({{ text }}), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
{%- endmacro -%}

{#- Lower-case ASCII, umlauts spelled out: ü as ue. -#}
{%- macro fold_spelled_out(text) -%}
    {{ _where_beyond_ascii(text, fold("replace(replace(replace(replace(replace(" ~ composed("lower(" ~ text ~ ")")
        ~ ", 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'å', 'aa'), 'ø', 'oe')")) }}
{%- endmacro -%}

{#- Whether both ways to fold a text differ; plain letters cannot. -#}
{%- macro is_spelled_differently(text) -%}
    case when {{ regexp_matches(text, '[^ -~]') }} then {{ fold(text) }} <> {{ fold_spelled_out(text) }} else false end
{%- endmacro -%}

{#- Words of a folded name: apostrophes vanish, other punctuation parts words, letters of any script stay. -#}
{%- macro words(folded) -%}
    {%- set punctuation = '[ !"#$%&()*+,./:;<=>?@\\[\\]^_{|}~–—\u00a0\t-]+' -%}
    {%- set without_apostrophes = "replace(replace(replace(" ~ folded ~ ", '''', ''), '’', ''), '`', '')" -%}
    trim({{ regexp_replace_all(without_apostrophes, punctuation, ' ') }})
{%- endmacro -%}

{%- macro first_of(words) -%}
    split_part({{ words }}, ' ', 1)
{%- endmacro -%}

{%- macro last_of(words) -%}
    regexp_replace({{ words }}, '^.* ', '')
{%- endmacro -%}

{%- macro all_but_first(words) -%}
    case when {{ words }} like '% %' then regexp_replace({{ words }}, '^[^ ]* ', '') else '' end
{%- endmacro -%}

{%- macro all_but_last(words) -%}
    case when {{ words }} like '% %' then regexp_replace({{ words }}, ' [^ ]*$', '') else '' end
{%- endmacro -%}

{%- macro one_word(words) -%}
    replace({{ words }}, ' ', '')
{%- endmacro -%}

{%- macro letters_and_digits(folded) -%}
    {{ regexp_replace_all(folded, '[^a-z0-9]+', '') }}
{%- endmacro -%}

{%- macro digits(text) -%}
    {{ regexp_replace_all(text, '[^0-9]', '') }}
{%- endmacro -%}

{%- macro words_of_any_case(text) -%}
    {{ regexp_replace_all(text, '[^A-Za-z0-9]+', ' ') }}
{%- endmacro -%}

{#- An address without case, plus-tag and `smtp:`; null when it is none. -#}
{%- macro normalise_email(text) -%}
    case
        when {{ regexp_matches("lower(trim(" ~ text ~ "))", '^(smtp:)?[^@ :,;]+@[^@ ,;]+[.][^@ .,;]+$') }}
            then regexp_replace(regexp_replace(lower(trim({{ text }})), '^smtp:', ''), '[+][^@]*@', '@')
    end
{%- endmacro -%}

{#- An employee number without case, punctuation and leading zeros; null when nothing is left. -#}
{%- macro normalise_employee_id(text) -%}
    nullif(ltrim({{ regexp_replace_all("upper(" ~ text ~ ")", '[^0-9A-Z]', '') }}, '0'), '')
{%- endmacro -%}

{#- Both parts of a name in one key, whichever came first. -#}
{%- macro name_key(one, other) -%}
    least({{ one }}, {{ other }}) || '|' || greatest({{ one }}, {{ other }})
{%- endmacro -%}

{#- Whether a user name (letters and digits only, no trailing digits) is made of a name; all arguments are folded words. -#}
{%- macro made_of_name(base, given, family) -%}
    {{ base }} in (
        left({{ given }}, 1) || {{ family }},
        {{ family }} || left({{ given }}, 1),
        {{ given }} || left({{ family }}, 1),
        {{ given }} || {{ family }},
        {{ family }} || {{ given }},
        left(left({{ given }}, 1) || {{ family }}, 8),
        left({{ given }}, 3) || left({{ family }}, 3)
    )
{%- endmacro -%}

{%- macro threshold(name) -%}
    (select max(value) from {{ ref('int_match_thresholds') }} where threshold = '{{ name }}')
{%- endmacro -%}

{#- Words of a shown name without titles and without what says which of a person's accounts this is. -#}
{%- macro name_words(words) -%}
    trim({{ regexp_replace_all(
        regexp_replace_all("' ' || replace(" ~ words ~ ", ' ', '  ') || ' '",
            ' (adm|admin|administrator|priv|privileged|ext|extern|external|contractor|dr|prof|mr|mrs|ms|jr|sr|phd|msc|mba) ', ' '),
        ' +', ' ') }})
{%- endmacro -%}

{#- Whether a shown name says that this is somebody's account for administration. -#}
{%- macro says_admin(shown_name) -%}
    {{ regexp_matches("lower(" ~ shown_name ~ ")", '(^|[^a-z])(adm|admin|administrator)([^a-z]|$)') }}
{%- endmacro -%}

{%- macro says_contractor(worker_type) -%}
    {{ regexp_matches("lower(" ~ worker_type ~ ")",
        '^c$|^x$|contract|contingent|extern|^ext|cwr|vendor|consult|agency|freelanc|partner|outsourc|^temp|third.party') }}
{%- endmacro -%}

{#- A status word of a roster in plain small letters; empty where there is none. -#}
{%- macro status_word(text) -%}
    coalesce({{ words(fold(text)) }}, '')
{%- endmacro -%}
