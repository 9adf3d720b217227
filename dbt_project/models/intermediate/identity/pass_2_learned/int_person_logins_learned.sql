-- Grain: one user name of a person of the roster in one directory, of the accounts strongly linked
-- to the person, or the first part of an address of theirs.
{{ person_logins(ref('int_links_learned'), ref('int_person_identifiers_learned')) }}
