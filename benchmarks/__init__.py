"""What a user can run to see how fast, how cheap and how right this project is."""
