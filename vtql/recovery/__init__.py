"""What a text that is no VTQL says all the same: every finding in it, and the nearest query.

`pieces` reads anything; `statements` tells where one query ends; `constructs`, a table, knows what
other languages say and how to go on behind it; `repair` mends what is left over with the grammar.
"""
