"""What a server's modules and fields are: the table of field types, the catalog, its file."""
