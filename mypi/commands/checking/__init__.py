"""What `mypi check` looks at: this machine, and what a running deployment answers. Nothing is repaired."""
