-- Grain: one user name of a person in one directory, or the first part of an address of theirs.
{{ person_logins(ref('int_person_accounts'), ref('int_person_identifiers')) }}
