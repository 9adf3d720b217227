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

{#- Most names and nearly all user names are ASCII: they skip what takes ten times as long as lower(). -#}
{%- macro duckdb__fold(text) -%}
    case
        when {{ is_ascii(text) }} then lower({{ text }})
        else translate(strip_accents({{ _letters_of_two(text) }}), 'øłđðıħŧ', 'olddiht')
    end
{%- endmacro -%}

{%- macro _letters_of_two(text) -%}
    replace(replace(replace(replace(lower({{ text }}), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
{%- endmacro -%}

{#- Lower-case ASCII, umlauts spelled out: ü as ue. -#}
{%- macro fold_spelled_out(text) -%}
    case
        when {{ is_ascii(text) }} then lower({{ text }})
        else {{ fold("replace(replace(replace(replace(replace(" ~ composed("lower(" ~ text ~ ")")
            ~ ", 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'å', 'aa'), 'ø', 'oe')") }}
    end
{%- endmacro -%}

{#- Words of a folded name: apostrophes vanish, other punctuation parts words, letters of any script stay. -#}
{%- macro words(folded) -%}
    {%- set punctuation = '!"#$%&()*+,-./:;<=>?@[]^_{|}~–—\u00a0\t' -%}
    {%- set without_apostrophes = "replace(replace(replace(" ~ folded ~ ", '''', ''), '’', ''), '`', '')" -%}
    {%- set parted = "translate(" ~ without_apostrophes ~ ", '" ~ punctuation ~ "', '" ~ " " * (punctuation | length) ~ "')" -%}
    trim({{ regexp_replace_all(parted, ' +', ' ') }})
{%- endmacro -%}

{%- macro first_word(words) -%}
    split_part({{ words }}, ' ', 1)
{%- endmacro -%}

{%- macro last_word(words) -%}
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
    (select max(value) from {{ ref('identity_thresholds') }} where threshold = '{{ name }}')
{%- endmacro -%}

{#- Words of a shown name without titles and without what says which of a person's accounts this is. -#}
{%- macro name_words(words) -%}
    trim({{ regexp_replace_all(
        regexp_replace_all("' ' || replace(" ~ words ~ ", ' ', '  ') || ' '",
            ' (adm|admin|administrator|priv|privileged|ext|extern|external|contractor|dr|prof|mr|mrs|ms|jr|sr|phd|msc|mba) ', ' '),
        ' +', ' ') }})
{%- endmacro -%}

{%- macro says_contractor(worker_type) -%}
    {{ regexp_matches("lower(" ~ worker_type ~ ")",
        '^c$|^x$|contract|contingent|extern|^ext|cwr|vendor|consult|agency|freelanc|partner|outsourc|^temp|third.party') }}
{%- endmacro -%}
