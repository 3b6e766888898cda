"""Text to tree and back: `parse`, `write`, and the one place that quotes."""
