"""The certify command: thin, lazily imported. No logic and no SQL lives here."""
