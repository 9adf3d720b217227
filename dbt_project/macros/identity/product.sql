{#
    The product of a column over a group, the same in whatever order its rows come: doubles are not added in a fixed
    order, decimals add up exactly.
#}
{% macro product(column) -%}
    exp(sum(cast(ln({{ column }}) as decimal(18, 12))))
{%- endmacro %}
