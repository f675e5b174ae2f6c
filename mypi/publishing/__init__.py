"""The published tree: its paths, its rendering, the publisher, its verification."""
