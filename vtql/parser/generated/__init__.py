"""The tables of the grammar files, made by lark; a module a file."""
