"""Bytes by digest: one interface, several homes."""
