"""Decisions people take on identities, owners and findings: taking, explaining, importing and exporting them."""
