"""Measurements, each one command; none is a test. docs/benchmarks.rst tells what they said."""
