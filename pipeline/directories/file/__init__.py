"""A file of people or accounts: opened, parsed to a grid, mapped to our columns, and judged row by row."""
