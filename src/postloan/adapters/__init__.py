"""The outside world: tables (DuckDB), files, documents. Nothing below this floor imports it."""
