"""Review packets: what a reviewer is given, and what comes back.

`export` writes an XLSX workbook and a self-contained HTML page for each reviewer; `importing` takes workbooks, their
re-saved CSV files and the pages' downloads back, row by row. Nothing in a packet is trusted on its way back: an item is
known by its id and digest, and everything else about it is read from the ledger.
"""
