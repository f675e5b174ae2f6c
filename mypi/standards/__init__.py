"""The packaging standards as frozen types and functions. Pure: no Flask, no database, no policy."""
