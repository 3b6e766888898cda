"""`Plan`: what a server will be asked."""

from __future__ import annotations

from dataclasses import dataclass

from vtql.ast import Select
from vtql.parser.printer import write


@dataclass(frozen=True, slots=True)
class Plan:
    """The queries that together mean what was asked for; of several, rows merge by `id`."""

    selects: tuple[Select, ...]

    @property
    def statements(self) -> list[str]:
        """The queries as VTQL, each of which runs as it stands."""
        return [write(select) for select in self.selects]

    def to_params(self) -> dict[str, str] | list[dict[str, str]]:
        """The parameters of the request, for a program that encodes them; of several, a list.

        `sessionName` is a placeholder, here and in the others.
        """
        from vtql.generate import params  # noqa: PLC0415 - loads what few plans need

        parameters = params(self.statements)
        return parameters[0] if len(parameters) == 1 else parameters

    def to_url(self, base: str | None = None) -> str:
        """The URL of the request, encoded; of several queries, a line each.

        `base` is the address of the installation; without one the URL begins with `{{url}}`.

        Raises:
            ArgumentError: this is no address, or it has a password in it. So of the others, too.
        """
        from vtql.generate import url  # noqa: PLC0415 - loads what few plans need

        return url(self.statements, base)

    def to_curl(self, base: str | None = None) -> str:
        """A command for a shell; the session is `$VTQL_SESSION`, and no address `$VTQL_URL`."""
        from vtql.generate import curl  # noqa: PLC0415 - loads what few plans need

        return curl(self.statements, base)

    def to_http(self, base: str | None = None) -> str:
        """A file of requests, as editors and IDEs run them."""
        from vtql.generate import http  # noqa: PLC0415 - loads what few plans need

        return http(self.statements, base)

    def to_postman(self, base: str | None = None) -> str:
        """A collection for Postman, as JSON."""
        from vtql.generate import postman  # noqa: PLC0415 - loads what few plans need

        return postman(self.statements, base)
