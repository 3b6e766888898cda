"""The public names: all there, documented, sorted, and loaded only when used."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import vtql


def test_all_names_are_there() -> None:
    assert [name for name in vtql.__all__ if not hasattr(vtql, name)] == []
    assert list(vtql.__all__) == sorted(vtql.__all__)
    assert set(vtql.__all__) == set(vtql._HOMES)
    assert set(vtql.__all__) <= set(dir(vtql))


def test_the_contract_is_exported() -> None:
    contract = {
        "parse", "write", "format", "analyze", "compile", "Catalog", "model", "Q", "Model",
        "Select", "connect", "ServiceError", "TransportError", "QuerySyntaxError", "FieldError",
        "NotExpressible", "VtqlError", "Diagnostic",
    }  # fmt: skip
    assert contract <= set(vtql.__all__)


def test_every_public_thing_is_documented() -> None:
    bare = [name for name in vtql.__all__ if not inspect.getdoc(getattr(vtql, name))]
    methods = [
        f"{name}.{method}"
        for name in vtql.__all__
        if inspect.isclass(kind := getattr(vtql, name))
        for method, member in vars(kind).items()
        if not method.startswith("_") and callable(member) and not inspect.getdoc(member)
    ]
    assert bare + methods == []


def test_every_error_is_a_vtql_error() -> None:
    errors = [kind for name in vtql.__all__ if inspect.isclass(kind := getattr(vtql, name))
              and issubclass(kind, Exception) and not issubclass(kind, Warning)]  # fmt: skip
    assert len(errors) > 10
    assert [kind for kind in errors if not issubclass(kind, vtql.VtqlError)] == []
    drawn = inspect.getdoc(sys.modules["vtql.errors"]) or ""
    assert [kind.__name__ for kind in errors if kind.__name__ not in drawn] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'vtql' has no attribute 'nonsense'"):
        _ = vtql.nonsense


HEAVY = ("lark", "requests", "dateutil", "sqlite3", "argparse", "dataclasses", "json", "typing")


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded beyond those it starts with."""
    script = f"import sys; before = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before))"
    answer = subprocess.run(
        [sys.executable, "-S", "-c", script], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.split())


def test_importing_the_package_loads_almost_nothing() -> None:
    """15 ms are not much: the package and what its own first lines need, and nothing heavy."""
    modules = loaded("import vtql")
    assert not modules & set(HEAVY)
    assert {name for name in modules if name.startswith("vtql")} == {"vtql"}
    assert len(modules) < 10


def test_parsing_and_linting_load_nothing_heavy() -> None:
    modules = loaded("import vtql; vtql.analyze('SELECT * FROM Contacts;')")
    assert "vtql.statements" in modules
    assert not modules & {"lark", "requests", "dateutil", "sqlite3", "argparse"}


def test_a_query_set_needs_no_lark() -> None:
    code = """
import vtql
catalog = vtql.Catalog.from_describes([{"name": "A", "fields": [{"name": "b", "type": {"name": "string"}}]}])
assert str(vtql.model("A", catalog).objects.filter(b="c")) == "SELECT * FROM A WHERE b = 'c';"
"""
    assert not loaded(code) & {"lark", "requests", "dateutil", "sqlite3"}


def test_the_sandbox_is_at_hand_without_an_import_of_its_own() -> None:
    assert "sqlite3" in loaded("import vtql; vtql.sandbox.Sandbox().close()")
