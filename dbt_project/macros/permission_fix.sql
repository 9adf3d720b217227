{#-
    What settles a fact that AWS refused to tell, by the kind of policy that refused it. `reason` holds the gap
    (`iam:ListAccessKeys denied by a service control policy`), `permission` the actions in it.
-#}
{% macro permission_fix(reason, permission, directory_id) -%}
    case
        when {{ reason }} like '%denied by a service control policy%'
            then 'let the organization''s service control policy allow ' || {{ permission }}
                || ' to the role of ' || {{ directory_id }}
        when {{ reason }} like '%denied by a resource control policy%'
            then 'except the role of ' || {{ directory_id }}
                || ' from the organization''s resource control policy for ' || {{ permission }}
        when {{ reason }} like '%denied by a permissions boundary%'
            then 'let the permissions boundary of the role of ' || {{ directory_id }} || ' allow '
                || {{ permission }}
        when {{ reason }} like '%denied by a VPC endpoint policy%'
            then 'let the VPC endpoint policy allow ' || {{ permission }} || ' to the role of '
                || {{ directory_id }}
        when {{ reason }} like '%denied by a session policy%'
            then 'report this: our own session policy does not allow ' || {{ permission }}
        when {{ reason }} like '%denied by a resource-based policy%'
            then 'let the resource''s own policy allow ' || {{ permission }} || ' to the role of '
                || {{ directory_id }}
        when {{ reason }} like '%denied by an %'
            then 'take ' || {{ permission }} || ' out of the explicit Deny in the policies of the role of '
                || {{ directory_id }}
        else 'allow ' || {{ permission }} || ' to the role of ' || {{ directory_id }}
            || ' (IAMReadOnlyAccess has it)'
    end || ', then: certify sync ' || {{ directory_id }}
{%- endmacro %}
