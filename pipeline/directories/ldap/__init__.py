"""Reads an LDAP directory: OpenLDAP, Active Directory, and their relatives."""
