{#- What sqlfluff sees instead of our macros: it reads the models without dbt, so it cannot dispatch to an engine. -#}
{% macro as_text(value) %}cast({{ value }} as varchar){% endmacro %}
{% macro each(array) %}unnest({{ array }}){% endmacro %}
{% macro json_entries(column) %}map_entries({{ column }}){% endmacro %}
{% macro json_elements(column) %}split({{ column }}, ','){% endmacro %}
{% macro json_member(column, member) %}json_extract_string({{ column }}, '{{ member }}'){% endmacro %}
{% macro json_has(column, word) %}list_contains({{ column }}, '{{ word }}'){% endmacro %}
{% macro json_as_list(text) %}lower({{ text }}){% endmacro %}
{% macro regexp_replace_all(text, pattern, replacement) %}regexp_replace({{ text }}, 'x', 'y'){% endmacro %}
{% macro list_text(expression, separator) %}string_agg({{ expression }}, ', '){% endmacro %}
{% macro actions_in(text) %}lower({{ text }}){% endmacro %}
{% macro composed(text) %}lower({{ text }}){% endmacro %}
{% macro folded(text) %}lower({{ text }}){% endmacro %}
{% macro status_word(text) %}lower({{ text }}){% endmacro %}
{% macro split_camel_case(text) %}lower({{ text }}){% endmacro %}
{% macro days_before(instant, days) %}date_add({{ instant }}, {{ days }}){% endmacro %}
{% macro whole_days(earlier, later) %}date_sub({{ earlier }}, {{ later }}){% endmacro %}
{% macro seconds_between(earlier, later) %}date_sub({{ earlier }}, {{ later }}){% endmacro %}
{% macro instant_text(instant) %}lower({{ instant }}){% endmacro %}
{% macro columns_added_since(relation, columns) %}{% endmacro %}
{% macro forget_what_ifs(states) %}{% endmacro %}
{% macro recorded(relation, columns, unread) %}select {{ columns | join(', ') }} from {{ relation }}{% endmacro %}
{% macro regexp_matches(text, pattern) %}({{ text }} like 'x'){% endmacro %}
{% macro split_words(text) %}split({{ text }}, ' '){% endmacro %}
{% macro split_at_bars(text) %}split({{ text }}, '[|]'){% endmacro %}
{% macro similarity(one, other) %}jaro_winkler_similarity({{ one }}, {{ other }}){% endmacro %}
{% macro fold(text) %}lower({{ text }}){% endmacro %}
{% macro fold_spelled_out(text) %}lower({{ text }}){% endmacro %}
{% macro is_spelled_differently(text) %}({{ text }} like 'x'){% endmacro %}
{% macro words(text) %}trim({{ text }}){% endmacro %}
{% macro words_of_any_case(text) %}trim({{ text }}){% endmacro %}
{% macro name_words(text) %}trim({{ text }}){% endmacro %}
{% macro first_of(text) %}lower({{ text }}){% endmacro %}
{% macro last_of(text) %}lower({{ text }}){% endmacro %}
{% macro all_but_first(text) %}lower({{ text }}){% endmacro %}
{% macro all_but_last(text) %}lower({{ text }}){% endmacro %}
{% macro one_word(text) %}lower({{ text }}){% endmacro %}
{% macro letters_and_digits(text) %}lower({{ text }}){% endmacro %}
{% macro digits(text) %}lower({{ text }}){% endmacro %}
{% macro normalise_email(text) %}lower({{ text }}){% endmacro %}
{% macro normalise_employee_id(text) %}upper({{ text }}){% endmacro %}
{% macro says_contractor(text) %}({{ text }} like 'x'){% endmacro %}
{% macro name_key(one, other) %}concat({{ one }}, {{ other }}){% endmacro %}
{% macro made_of_name(base, given, family) %}{{ base }} in ({{ given }}, {{ family }}){% endmacro %}
{% macro threshold(name) %}1{% endmacro %}
{% macro is_certain() %}ranked.place = 1{% endmacro %}
{% macro scores(evidence, subject='account_key') %}ranked as (select {{ subject }}, person_key, confidence, place from {{ evidence }}){% endmacro %}
{% macro pair_fit(pairs, names, usernames) %}profiles as (select account_key from {{ pairs }}), fits as (select account_key, person_key, fit from {{ pairs }}){% endmacro %}
{% macro person_register(identifiers, accounts) %}emails as (select email from {{ identifiers }}), numbers as (select employee_id from {{ identifiers }}), places as (select person_key from {{ accounts }}), earlier as (select account_key from {{ accounts }}){% endmacro %}
{% macro weak_evidence(subjects, register, earlier) %}told as (select account_key from {{ subjects }} union all select account_key from {{ earlier }} union all select email as account_key from {{ register.emails }} union all select employee_id as account_key from {{ register.employee_ids }} union all select person_key as account_key from {{ register.persons }} union all select person_key as account_key from {{ register.places }}) select account_key from told{% endmacro %}
{% macro person_names(names) %}select person_key from {{ names }}{% endmacro %}
{% macro person_logins(accounts, identifiers) %}select person_key from {{ accounts }} union select person_key from {{ identifiers }}{% endmacro %}
{% macro person_usernames(names, templates=none) %}made as (select person_key from {{ names }}) select person_key from made{% endmacro %}
{% macro clusters_linked(evidence) %}select cluster_key from {{ evidence }}{% endmacro %}
{% macro says_admin(text) %}({{ text }} like 'x'){% endmacro %}
{% macro permission_fix(reason, permission, directory_id) %}{{ reason }} || {{ permission }} || {{ directory_id }}{% endmacro %}
{% macro finding_id(finding_type, account_key, subject='null') %}md5(concat({{ finding_type }}, {{ account_key }}, {{ subject }})){% endmacro %}
{% macro self_check_remedy(text) %}upper({{ text }}){% endmacro %}
{% macro one_row_each(table, keys, order_by) %}{{ table }}_once as (select * from {{ table }}){% endmacro %}
{% macro contradicting(table, keys, columns, what) %}select {{ keys[0] }}, '{{ what }}' as detail from {{ table }}{% endmacro %}
{% macro account_columns() %}directory_id{% endmacro %}
