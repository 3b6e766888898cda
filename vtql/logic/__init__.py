"""Any boolean tree over conditions to the fewest flat chains that mean the same."""
