"""What every reader of AWS shares: sessions, the allow-list, calls and pages, retries and errors. Knows no kind."""
