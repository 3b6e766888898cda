"""What holds for any text, and the search for one for which it does not."""
