"""Tests of mypi.standards.archives."""
