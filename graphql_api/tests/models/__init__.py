"""The addon's models: resources, policies, keys, documents, settings, signing in."""
