"""The page of a served sandbox: modules, queries with findings, rows and the request log."""
