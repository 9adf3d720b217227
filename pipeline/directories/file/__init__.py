"""A file of people or accounts, whatever its format: opened, parsed to a grid, mapped to our columns, judged by row."""
