"""The Simple repository API: the list of projects, a project's page, and the files they link to.

Specification: "Simple repository API" (PEP 503, 691, 700, 714, 740, 792). What is public and lies ready is answered by
`published`, before Flask and without a database; all the rest by `routes`, for an actor who is asked about first.
"""
