-- Grain: one kind of verdict that may be given now, or may not, and why.
with directories as (
    select * from {{ ref('int_directories_assessed') }}
    where is_authoritative
),

people as (
    select count(*) as person_count from {{ ref('int_persons_rostered') }}
),

evaluation as (
    select * from {{ ref('int_evaluation') }}
),

told as (
    select
        as_of,
        status <> 'fresh' as is_unfit,
        directory_id || ' (' || status
        || coalesce(', last good read ' || {{ instant_text('read_at') }}, '')
        || case
            when status = 'stale' and content_as_of < read_at
                then ', and the file has not changed since ' || {{ instant_text('content_as_of') }}
            else ''
        end || ')' as what,
        case
            when status = 'stale' and content_as_of < read_at
                then 'export the roster anew over the old file, then: certify sync '
                    || directory_id || '; where the export is less frequent on purpose, '
                    || 'set authoritative_max_age in settings.yaml'
            else coalesce(problem_remedy, 'certify sync ' || directory_id)
        end as remedy
    from directories
),

unfit as (
    select
        count(*) as directory_count,
        count(case when is_unfit then 1 end) as unfit_count,
        {{ list_text('case when is_unfit then what end') }} as unfit_directories,
        {{ list_text('case when is_unfit then remedy end', '; ') }} as remedies,
        min(as_of) as as_of
    from told
)

select
    'orphaned_accounts' as gate,
    unfit.directory_count > 0 and unfit.unfit_count = 0 and people.person_count > 0 as is_open,
    case
        when unfit.directory_count = 0 then 'no authoritative directory is connected'
        when unfit.unfit_count > 0
            then 'the authoritative directory cannot be relied on: ' || unfit.unfit_directories
        when people.person_count = 0 then 'the authoritative directory lists nobody'
    end as reason,
    case
        when unfit.directory_count = 0
            then 'connect the HR roster: certify connect file people --path FILE --authoritative'
        when unfit.unfit_count > 0 then unfit.remedies
        when people.person_count = 0 then 'look at the roster file; it was read and has no rows'
    end as remedy,
    coalesce(unfit.as_of, evaluation.evaluated_at) as as_of
from unfit
cross join people
cross join evaluation
