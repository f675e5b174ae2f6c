"""The devpi client's protocol, asked as the client asks; the real client is run in tests/clients."""
