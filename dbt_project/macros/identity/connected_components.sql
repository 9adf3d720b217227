{#-
    Connected components of a graph, linear also for long chains: every node hooks onto its least neighbour, chains of hooks
    are shortened by pointer jumping, the edges are contracted onto the roots, and so on until no edge is left.

    A model of this materialization selects `node` and `neighbour` (undirected; a node alone has itself as neighbour) and becomes
    a table of `node` and `component`, the least node that can be reached. Plain tables hold the rounds, so that any engine does.
-#}
{% materialization connected_components, adapter='duckdb' %}
    {{ return(build_connected_components()) }}
{% endmaterialization %}

{% materialization connected_components, default %}
    {{ return(build_connected_components()) }}
{% endmaterialization %}

{% macro build_connected_components() %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set edges = components_scratch(target_relation, 'edges') -%}
    {%- set contracted = components_scratch(target_relation, 'contracted') -%}
    {%- set hooks = components_scratch(target_relation, 'hooks') -%}
    {%- set jumped = components_scratch(target_relation, 'jumped') -%}
    {%- set labels = components_scratch(target_relation, 'labels') -%}
    {%- set relabelled = components_scratch(target_relation, 'relabelled') -%}
    {%- set all_scratch = [edges, contracted, hooks, jumped, labels, relabelled] -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- for relation in all_scratch -%}{%- do components_drop(relation) -%}{%- endfor -%}

    {%- do components_create(relabelled, sql) -%}
    {%- do components_create(labels,
        "select node, node as component from (select node from " ~ relabelled ~ " union select neighbour from " ~ relabelled ~ ") as nodes"
        ~ " where node is not null") -%}
    {%- do components_create(edges,
        "select distinct least(node, neighbour) as node, greatest(node, neighbour) as neighbour from " ~ relabelled
        ~ " where node <> neighbour") -%}

    {%- set rounds = namespace(left=components_count(edges), done=0) -%}
    {%- for _ in range(64) -%}
        {%- if rounds.left > 0 -%}
            {%- do components_create(hooks,
                "select node, min(hook) as hook from (select neighbour as node, node as hook from " ~ edges
                ~ " union all select node, node as hook from " ~ edges ~ ") as hooking group by node") -%}
            {%- set jumps = namespace(moving=1) -%}
            {%- for _ in range(64) -%}
                {%- if jumps.moving > 0 -%}
                    {%- do components_create(jumped,
                        "select near.node, far.hook, case when far.hook <> near.hook then 1 else 0 end as moved from " ~ hooks
                        ~ " as near inner join " ~ hooks ~ " as far on near.hook = far.node") -%}
                    {%- set jumps.moving = run_query("select coalesce(sum(moved), 0) as moved from " ~ jumped).columns[0].values()[0] | int -%}
                    {%- do components_create(hooks, "select node, hook from " ~ jumped) -%}
                {%- endif -%}
            {%- endfor -%}
            {%- do components_create(relabelled,
                "select labels.node, coalesce(hooks.hook, labels.component) as component from " ~ labels
                ~ " as labels left join " ~ hooks ~ " as hooks on labels.component = hooks.node") -%}
            {%- do components_create(labels, "select node, component from " ~ relabelled) -%}
            {%- do components_create(contracted,
                "select distinct least(near.hook, far.hook) as node, greatest(near.hook, far.hook) as neighbour from " ~ edges
                ~ " as edges inner join " ~ hooks ~ " as near on edges.node = near.node inner join " ~ hooks
                ~ " as far on edges.neighbour = far.node where near.hook <> far.hook") -%}
            {%- do components_create(edges, "select node, neighbour from " ~ contracted) -%}
            {%- set rounds.left = components_count(edges) -%}
            {%- set rounds.done = rounds.done + 1 -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if rounds.left > 0 -%}
        {{ exceptions.raise_compiler_error("connected components of " ~ target_relation ~ " did not converge") }}
    {%- endif -%}

    {%- do components_drop(target_relation) -%}
    {%- call statement('main') -%}
        create table {{ target_relation }} as select node, component from {{ labels }}
    {%- endcall -%}
    {%- for relation in all_scratch -%}{%- do components_drop(relation) -%}{%- endfor -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{% macro components_scratch(relation, purpose) %}
    {{ return(api.Relation.create(
        database=relation.database, schema=relation.schema, identifier=relation.identifier ~ '__' ~ purpose, type='table'
    )) }}
{% endmacro %}

{% macro components_drop(relation) %}
    {% do run_query("drop table if exists " ~ relation) %}
{% endmacro %}

{% macro components_create(relation, query) %}
    {% do components_drop(relation) %}
    {% do run_query("create table " ~ relation ~ " as " ~ query) %}
{% endmacro %}

{% macro components_count(relation) %}
    {{ return(run_query("select count(*) as rows_left from " ~ relation).columns[0].values()[0] | int) }}
{% endmacro %}
