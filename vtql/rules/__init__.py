"""The lint rules, a file each, with the registry that lists them and the runner that applies them."""
