"""What every protocol and page shares of HTTP: who asks, conditional answers, failures as statuses."""
