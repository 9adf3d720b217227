"""Companies in words no list of the project knows: names, tags, affixes, kinds and conventions are drawn for each seed.

Belongs here: everything such a company is made of. Does not belong here: the labels' shape (`truth`) and the marks
(`marks`), which the companies of the known vocabulary share, or any word the rules are meant to know.
"""
