"""The systems under comparison: one module each, behind the same few questions (`system`). None measures anything."""
