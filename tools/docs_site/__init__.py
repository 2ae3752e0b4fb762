"""The pages of ``docs/`` as a site: MkDocs with the theme Material, and search without a server."""
