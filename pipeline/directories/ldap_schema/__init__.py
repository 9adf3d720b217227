"""What LDAP servers and LDIF files share: entries, names, values, groups, and the ways of Active Directory."""
