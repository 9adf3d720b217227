"""Reading an LDAP directory: OpenLDAP, Active Directory, and those that are like them."""
