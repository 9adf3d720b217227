{#- What to do about an account that fails a self-check. -#}
{% macro self_check_remedy(check_name) -%}
    case {{ check_name }}
        when 'decisions_agree' then 'undo one of the decisions: certify identity list, certify identity undo'
        when 'directory_lists_it_once' then 'remove all but one of its rows in the directory, then: certify sync'
        else 'decide it yourself (certify identity link, owner or kind), and report the check: a rule of this program is wrong'
    end
{%- endmacro %}
