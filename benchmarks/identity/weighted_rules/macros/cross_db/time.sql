{#- Instants where engines differ. All of them are UTC timestamps without a zone. -#}

{#- `instant` less a number of days, to the second. -#}
{% macro days_before(instant, days) -%}
    {{ adapter.dispatch('days_before', 'certification')(instant, days) }}
{%- endmacro %}

{% macro duckdb__days_before(instant, days) -%}
    {{ instant }} - to_days(cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__days_before(instant, days) -%}
    {{ instant }} - make_dt_interval({{ days }})
{%- endmacro %}

{#- Whole days from one instant to a later one; 0 where it is not later. -#}
{% macro whole_days(earlier, later) -%}
    cast(greatest(floor({{ seconds_between(earlier, later) }} / 86400), 0) as integer)
{%- endmacro %}

{% macro seconds_between(earlier, later) -%}
    {{ adapter.dispatch('seconds_between', 'certification')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    (epoch({{ later }}) - epoch({{ earlier }}))
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (unix_timestamp({{ later }}) - unix_timestamp({{ earlier }}))
{%- endmacro %}

{#- An instant as evidence shows it. -#}
{% macro instant_text(instant) -%}
    {{ adapter.dispatch('instant_text', 'certification')(instant) }}
{%- endmacro %}

{% macro duckdb__instant_text(instant) -%}
    strftime({{ instant }}, '%Y-%m-%d %H:%M:%S UTC')
{%- endmacro %}

{% macro spark__instant_text(instant) -%}
    date_format({{ instant }}, "yyyy-MM-dd HH:mm:ss 'UTC'")
{%- endmacro %}
