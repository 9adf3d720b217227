"""Companies in words no list of the project knows, drawn for each seed: names, tags, affixes, kinds, conventions."""
