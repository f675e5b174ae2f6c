"""One module or folder per wire protocol. Nothing here but HTTP and wire words."""
