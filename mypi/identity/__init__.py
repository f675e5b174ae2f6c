"""Who vouches for people and programs elsewhere, asked over the network. No database is known here, and no right."""
