"""Who sees and changes what: access rights, policies, versions of records, companies."""
