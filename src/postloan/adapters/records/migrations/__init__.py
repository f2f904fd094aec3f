"""The steps that lead from one schema of the store to the next, run by Alembic."""
