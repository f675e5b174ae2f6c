"""The sqlalchemy-migrate repository: one script for each step of the schema. Imports nothing of mypi: it is history."""
