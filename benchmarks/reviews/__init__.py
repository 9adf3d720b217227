"""Access reviews: how large packets are, how soon a page opens, and how long an import takes.

`python -m benchmarks.reviews` makes a campaign of 10,000 items for one reviewer, and opens its page in Chromium.
"""
