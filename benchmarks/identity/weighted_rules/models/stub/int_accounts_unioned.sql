-- Stand-in for the union of every directory's accounts. Grain: one account.
select
    a.directory_id || ':' || native_id as account_key,
    a.directory_id,
    'file' as directory_kind,
    c.is_authoritative,
    native_id,
    username,
    cast(null as varchar) as arn,
    cast(null as varchar) as path,
    a.display_name,
    given_name,
    middle_name,
    family_name,
    preferred_name,
    email,
    alias_emails,
    employee_id,
    prior_employee_id,
    worker_type,
    status,
    is_enabled,
    hired_on,
    terminated_on,
    manager_id,
    department,
    title,
    account_kind as declared_kind,
    cast(null as varchar) as tags,
    attributes,
    cast(null as boolean) as has_console_password,
    cast(null as bigint) as active_key_count,
    created_at,
    last_active_at,
    a.as_of
from raw.file_accounts as a
inner join raw.connections as c on a.directory_id = c.directory_id
union all
select
    u.directory_id || ':' || u.user_id as account_key,
    u.directory_id,
    'aws_iam',
    false,
    u.user_id,
    u.user_name,
    u.arn,
    u.path,
    null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
    u.tags,
    null,
    l.has_password,
    coalesce(k.active_key_count, 0),
    u.created_at,
    u.password_last_used_at,
    u.as_of
from raw.aws_iam_users as u
left join raw.aws_iam_login_profiles as l on u.directory_id = l.directory_id and u.user_id = l.user_id
left join (
    select directory_id, user_id, count(*) filter (where status = 'Active') as active_key_count
    from raw.aws_iam_access_keys group by 1, 2
) as k on u.directory_id = k.directory_id and u.user_id = k.user_id
