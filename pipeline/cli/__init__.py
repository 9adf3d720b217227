"""The certify command: thin, lazily imported. No logic lives here."""
