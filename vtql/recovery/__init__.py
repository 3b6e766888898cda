"""Recovery from syntax errors: every finding of a broken query, and the nearest valid query.

`lexer` splits any text into tokens and statements; `constructs` are the tables of what other
languages have, which `matcher` finds and rewrites; `error_repair` repairs the rest with the grammar.
"""
