"""How the tables of the ledger came to be, step by step; Alembic runs these on the files of earlier versions."""
