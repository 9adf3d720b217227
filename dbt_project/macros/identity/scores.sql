{#-
    Confidence of each candidate from evidence rows (account_key, person_key, rule, family, weight): the greatest weight of each
    family, combined as independent; rows of the family `negative` are factors.
-#}
{% macro scores(evidence, subject='account_key') -%}
family_weights as (
    select
        {{ subject }},
        person_key,
        family,
        max(least(weight, 0.999)) as weight
    from {{ evidence }}
    where family <> 'negative'
    group by {{ subject }}, person_key, family
),

positives as (
    select
        {{ subject }},
        person_key,
        1 - {{ product('1 - weight') }} as positive
    from family_weights
    group by {{ subject }}, person_key
),

negatives as (
    select
        {{ subject }},
        person_key,
        {{ product('weight') }} as factor
    from (
        select {{ subject }}, person_key, rule, min(weight) as weight
        from {{ evidence }}
        where family = 'negative'
        group by {{ subject }}, person_key, rule
    ) as negative_rules
    group by {{ subject }}, person_key
),

scored as (
    select
        positives.{{ subject }},
        positives.person_key,
        least(round(positives.positive * coalesce(negatives.factor, 1), 6), 0.999999) as confidence
    from positives
    left join negatives
        on positives.{{ subject }} = negatives.{{ subject }} and positives.person_key = negatives.person_key
),

ranked as (
    select
        {{ subject }},
        person_key,
        confidence,
        row_number() over (partition by {{ subject }} order by confidence desc, person_key) as place,
        lead(confidence) over (partition by {{ subject }} order by confidence desc, person_key) as next_confidence,
        count(*) over (partition by {{ subject }}) as candidates
    from scored
)
{%- endmacro %}

{#- Whether the first of `ranked` is the one. -#}
{% macro is_certain() -%}
    ranked.place = 1
    and ranked.confidence >= {{ threshold('assignment_confidence') }}
    and ranked.confidence / (1 - ranked.confidence)
        >= {{ threshold('assignment_odds') }} * coalesce(ranked.next_confidence / (1 - ranked.next_confidence), 0)
{%- endmacro %}

{#-
    Clusters of accounts, and the person that the evidence about all their accounts together gives each to. A person has one
    ordinary account a directory: of several clusters that want the same place the best one gets it, if it is clearly best.
-#}
{% macro clusters_linked(evidence) -%}
with clusters as (
    select
        node as account_key,
        component as cluster_key
    from {{ ref('int_unlinked_clusters') }}
),

cluster_evidence as (
    select
        clusters.cluster_key,
        evidence.person_key,
        evidence.rule,
        evidence.family,
        evidence.weight
    from {{ evidence }} as evidence
    inner join clusters on evidence.account_key = clusters.account_key
    left join {{ ref('int_person_unlinks') }} as refused
        on evidence.account_key = refused.account_key and evidence.person_key = refused.person_key
    where refused.account_key is null
),

{{ scores('cluster_evidence', 'cluster_key') }},

certain as (
    select
        ranked.cluster_key,
        ranked.person_key,
        ranked.confidence,
        ranked.confidence / (1 - ranked.confidence) as odds
    from ranked
    where {{ is_certain() }}
),

rivals as (
    select
        certain.cluster_key,
        certain.odds,
        lead(certain.odds) over (
            partition by certain.person_key, profiles.directory_id
            order by certain.odds desc, certain.cluster_key
        ) as next_odds,
        row_number() over (
            partition by certain.person_key, profiles.directory_id
            order by certain.odds desc, certain.cluster_key
        ) as place
    from certain
    inner join clusters on certain.cluster_key = clusters.cluster_key
    inner join {{ ref('int_account_profiles') }} as profiles
        on clusters.account_key = profiles.account_key and not profiles.is_admin_twin
),

losers as (
    select distinct cluster_key
    from rivals
    where place > 1 or odds < {{ threshold('assignment_odds') }} * coalesce(next_odds, 0)
)

select
    certain.cluster_key,
    certain.person_key,
    certain.confidence
from certain
left join losers on certain.cluster_key = losers.cluster_key
where losers.cluster_key is null
{%- endmacro %}
