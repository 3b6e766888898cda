"""The extended language: brackets, NOT and the like, compiled to the plain queries that mean it."""
