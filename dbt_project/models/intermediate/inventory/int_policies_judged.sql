-- Grain: one policy: managed and in use in an account, or inline of one user or group; whether it
-- makes an administrator. Administrator: Allow every action, or everything of IAM, on every
-- resource, under no condition. An Allow of NotAction counts unless it leaves out IAM. A Deny
-- elsewhere is not weighed. Null: the document could not be read.
with managed as (
    select
        directory_id || ':' || policy_arn as policy_key,
        directory_id,
        {{ as_text('null') }} as principal_key,
        'managed' as policy_type,
        policy_name,
        policy_arn,
        is_aws_managed,
        attachment_count,
        document,
        document_gap
    from {{ ref('stg_aws_iam__managed_policies') }}
),

-- Attached, and yet not among the managed policies read: its name is all we know.
unread as (
    select distinct
        attached.directory_id || ':' || attached.policy_arn as policy_key,
        attached.directory_id,
        {{ as_text('null') }} as principal_key,
        'managed' as policy_type,
        attached.policy_name,
        attached.policy_arn,
        attached.policy_arn like 'arn:%:iam::aws:policy/%' as is_aws_managed,
        cast(null as bigint) as attachment_count,
        {{ as_text('null') }} as document,
        'iam:GetPolicyVersion not_tried' as document_gap
    from {{ ref('stg_aws_iam__attached_policies') }} as attached
    left join managed
        on attached.directory_id || ':' || attached.policy_arn = managed.policy_key
    where managed.policy_key is null
),

inline as (
    select
        principal_key || ':' || policy_name as policy_key,
        directory_id,
        principal_key,
        'inline' as policy_type,
        policy_name,
        {{ as_text('null') }} as policy_arn,
        false as is_aws_managed,
        cast(1 as bigint) as attachment_count,
        document,
        document_gap
    from {{ ref('stg_aws_iam__inline_policies') }}
),

policies as (
    select * from managed
    union all
    select * from unread
    union all
    select * from inline
),

documents as (
    select
        policy_key,
        {{ json_member('lower(document)', 'statement') }} as statements
    from policies
    where document is not null
),

statements as (
    select
        policy_key,
        {{ each(json_elements(json_as_list('statements'))) }} as statement
    from documents
    where statements is not null
),

members as (
    select
        policy_key,
        {{ json_member('statement', 'effect') }} as effect,
        {{ json_member('statement', 'condition') }} as condition,
        {{ json_member('statement', 'action') }} as action,
        {{ json_member('statement', 'notaction') }} as not_action,
        {{ json_member('statement', 'resource') }} as resource,
        {{ json_member('statement', 'notresource') }} as not_resource
    from statements
),

lists as (
    select
        policy_key,
        effect,
        coalesce(condition, '{}') not in ('{}', 'null') as is_conditional,
        {{ json_as_list('action') }} as actions,
        {{ json_as_list('not_action') }} as not_actions,
        {{ json_as_list('resource') }} as resources,
        {{ json_as_list('not_resource') }} as not_resources
    from members
),

allowing as (
    select
        policy_key,
        is_conditional,
        {{ json_has('actions', '*') }} or {{ json_has('actions', '*:*') }} as is_every_action,
        {{ json_has('actions', 'iam:*') }} as is_all_of_iam,
        not_actions is not null
        and not {{ json_has('not_actions', 'iam:*') }}
        and not {{ json_has('not_actions', '*') }} as is_all_but_some,
        {{ json_has('resources', '*') }}
        or (not_resources is not null and not {{ json_has('not_resources', '*') }}) as is_everywhere
    from lists
    where effect = 'allow'
),

powerful as (
    select
        policy_key,
        is_conditional,
        case
            when is_every_action then 'allows every action on every resource'
            when is_all_but_some then 'allows every action but some on every resource'
            else 'allows iam:* on every resource'
        end as what
    from allowing
    where is_everywhere and (is_every_action or is_all_of_iam or is_all_but_some)
),

judged as (
    select
        policy_key,
        count(case when not is_conditional then 1 end) > 0 as is_admin,
        coalesce(
            min(case when not is_conditional then what end),
            min(what) || ', under a condition'
        ) as admin_evidence
    from powerful
    group by policy_key
)

select
    policies.policy_key,
    policies.directory_id,
    policies.principal_key,
    policies.policy_type,
    policies.policy_name,
    policies.policy_arn,
    policies.is_aws_managed,
    policies.attachment_count,
    case
        when policies.policy_arn like 'arn:aws%:iam::aws:policy/AdministratorAccess' then true
        when documents.statements is not null then coalesce(judged.is_admin, false)
    end as is_admin,
    case
        when judged.admin_evidence is not null then judged.admin_evidence
        when policies.policy_arn like 'arn:aws%:iam::aws:policy/AdministratorAccess'
            then 'the AWS managed policy AdministratorAccess'
        when documents.statements is null
            then 'not known: ' || coalesce(policies.document_gap, 'the document is not a policy')
    end as admin_evidence,
    policies.document,
    policies.document_gap
from policies
left join documents on policies.policy_key = documents.policy_key
left join judged on policies.policy_key = judged.policy_key
