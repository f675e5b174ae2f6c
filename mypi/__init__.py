"""mypi: a private package index whose reads are files."""

__version__ = "1.0.0.dev0"
