"""The client: the one place that talks to a server, and the only door to requests."""

from vtql.client.client import Client
from vtql.client.connect import connect

__all__ = ["Client", "connect"]
