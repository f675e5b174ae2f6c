"""The domain: what this server knows and allows. No HTTP, no Flask."""
