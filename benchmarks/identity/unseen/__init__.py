"""Companies in words no list of the project knows: names, tags, affixes, kinds and conventions are drawn for each seed."""
