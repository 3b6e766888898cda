"""The page of a sandbox that serves: what it has, and what a query becomes, to look at."""
