"""The reference page of the tables: made from them, and current."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from vtql.catalog.server_tables import KEPT_AS_TEXT
from vtql.catalog.types import TYPES, Family
from vtql.cli import COMMANDS, command, parser
from vtql.cli.lint_options import SETTINGS as OPTIONS
from vtql.lint.languages import SUFFIXES
from vtql.lint.settings_table import SETTINGS, checked_settings
from vtql.parser.vtiger_parser import ENDLESS
from vtql.profiles import PROFILES
from vtql.protocol import OPERATIONS, SERVERS
from vtql.query.lookups import LOOKUPS
from vtql.query.lookups.unsupported import UNSUPPORTED
from vtql.recovery.constructs import CONSTRUCTS
from vtql.recovery.keywords import OTHER_STATEMENTS
from vtql.recovery.syntax_codes import CODES
from vtql.rule_docs import FAMILIES, all_rule_docs
from vtql.rules.registry import RULES
from vtql.sandbox.operations import HANDLERS

SYNTAX_PAGE = Path(__file__).parents[1] / "docs" / "reference" / "syntax-findings.md"
PAGE = Path(__file__).parents[1] / "docs" / "reference" / "lookups.md"
SETTINGS_PAGE = Path(__file__).parents[1] / "docs" / "reference" / "configuration.md"
RULE_PAGES = Path(__file__).parents[1] / "docs" / "reference" / "rules"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


PROFILE_HEAD = [
    "profile", "server", "reads and/or", "demands `;`", "`count(*)` answers",
    "orders by fields not selected", "`contacts` is Contacts", "NOTLIKE", "keeps secrets of Users",
    "failing SQL is an empty list",
]  # fmt: skip


def yes(holds: object) -> str:
    return "yes" if holds else "no"


def kinds(families: frozenset[Family]) -> str:
    return "all" if families == set(Family) else ", ".join(f.value for f in Family if f in families)


def page() -> str:
    lookups = [[f"`{row.name}`", kinds(row.families), row.takes] for row in LOOKUPS.values()]
    habits = [[f"`{row.name}`", row.why] for row in UNSUPPORTED.values()]
    kept = [
        [module, ", ".join(f"`{name}`" for name in sorted(names))]
        for module, names in KEPT_AS_TEXT.items()
    ]
    types = [[f"`{name}`", row.family.value, f"`{row.python}`"] for name, row in TYPES.items()]
    profiles = [
        [
            f"`{row.name}`",
            row.title,
            row.precedence.replace("_", " "),
            *map(
                yes,
                (
                    row.semicolon,
                    row.counts,
                    row.joins_order,
                    row.folds_modules,
                    row.notlike,
                    row.hides_secrets,
                    row.hides_sql_errors,
                ),
            ),
        ]
        for row in PROFILES.values()
    ]
    return (
        "# Lookups, field types, profiles\n\n"
        "Made from the tables in `vtql/query/lookups/`, `vtql/catalog/types.py` and "
        "`vtql/profiles.py`.\n\n"
        "## Lookups\n\nBehind `__` in `filter(lastname__startswith=…)`; none means `exact`.\n"
        "Text compares without regard to case, accents and trailing blanks, as the server does it; "
        "NULL matches nothing, `ne` included.\n"
        "What each says in VTQL, and what it refuses: `tests/corpus/query/lookups.md`.\n\n"
        f"{table(['lookup', 'for', 'takes'], lookups)}\n"
        "A reference shown as None is *no reference*, whatever is stored: 0, NULL, or the id of a record "
        "that is gone. `isempty` and `filter(account_id=None)` find all of these; `exact`, `ne`, `in`, `lt` "
        "and the like none, nor does their negation with `exclude` or `~Q(…)`, in any combination. See "
        "[no reference](../explanation/references.md#no-reference).\n\n"
        "Some fields are kept as text though they are described as numbers, dates, times or references. "
        "Conditions on them compare the values, not the text, and are decided on the records that come; a "
        "value that its type cannot read matches nothing. `order_by` gives a server's order, which goes by "
        "text.\n\n"
        f"{table(['module', 'fields kept as text'], kept)}\n"
        "A day, a month or any other span ends before the first moment behind it. "
        "Weeks begin on Monday. Days begin at midnight in the zone of the model, which is the "
        "server's unless another was given; `today` is the day on which `filter` was called. "
        "See [dates and time zones](../how-to/dates-and-zones.md).\n\n"
        "### What has another name, or cannot be asked\n\n"
        f"{table(['lookup', 'here'], habits)}\n"
        "## Field types\n\nWhat `describe` calls a type, and what its values are in Python. "
        "An unknown type is text.\n\n"
        f"{table(['type', 'family', 'Python'], types)}\n"
        "## Server profiles\n\n"
        f"{table(PROFILE_HEAD, profiles)}"
    )


def syntax_page() -> str:
    rows = {slug: dict[tuple[str, str], None]() for slug in CODES}
    for _, row in CONSTRUCTS:
        rows[row.slug][row.in_general] = None
    listed = [[code, f"[`{slug}`](#{slug})" if rows[slug] else f"`{slug}`"]
              for slug, code in CODES.items()]  # fmt: skip
    told = "".join(
        f"\n## {slug}\n\n{code}.\n"
        + "".join(f"\n- {message}.\n  Instead: {instead}.\n" for message, instead in rows[slug])
        for slug, code in CODES.items()
        if rows[slug]
    )  # fmt: skip
    begins = [[f"`{word.upper()}`", instead] for word, instead in OTHER_STATEMENTS.items()]
    return (
        "# Findings of syntax\n\n"
        "Made from the tables in `vtql/recovery/`.\n"
        "What keeps a text from being VTQL, by code and name; below, what other languages have and "
        "VTQL has not, what a server does with it, and what to write instead.\n"
        "`…` stands for what was found.\n"
        "Each has its example under `tests/corpus/messages/`.\n\n"
        f"{table(['code', 'name'], listed)}{told}"
        "\n## Statements that are no queries\n\n"
        f"`{CODES['other-statement']}`, too: VTQL only reads.\n"
        f"To a text that begins so {ENDLESS}; or ACCESS_DENIED, where no FROM names a module.\n\n"
        f"{table(['begins with', 'instead'], begins)}"
    )


def test_the_page_of_syntax_is_current(update: bool) -> None:
    if update:
        SYNTAX_PAGE.write_text(syntax_page(), encoding="utf-8")
    assert SYNTAX_PAGE.read_text("utf-8") == syntax_page()


def test_the_codes_of_syntax_are_one_each_and_every_construct_has_one() -> None:
    assert len(set(CODES.values())) == len(CODES)
    assert {row.slug for _, row in CONSTRUCTS} <= set(CODES)
    assert not {rule.code for rule in RULES} & set(CODES.values())


def test_messages_have_manners() -> None:
    """No full stop, nobody addressed or blamed, something to write instead."""
    for _, row in CONSTRUCTS:
        assert row.help, row.message
        for text in (row.message, row.help):
            assert not text.endswith("."), text
            assert not re.search(r"\b(you|your|please|illegal|bad|invalid)\b", text, re.I), text


def test_the_page_is_current(update: bool) -> None:
    if update:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text("utf-8") == page()


def configuration_page() -> str:
    listed = [[f"[`{row.name}`](#{row.name})", row.takes] for row in SETTINGS.values()]
    told = "".join(
        f"\n## {row.name}\n\n{row.says}\n\n```toml\n[tool.vtql]\n{row.name} = {row.example}\n```\n"
        for row in SETTINGS.values()
    )
    return (
        "# Configuration\n\n"
        "Made from the table in `vtql/lint/settings_table.py`.\n\n"
        "`vtql lint` takes its settings from the nearest file above each file that it looks at: "
        "`vtql.toml`, or `pyproject.toml` with a table `[tool.vtql]`.\n"
        "In `vtql.toml` the settings stand at the top, without a table.\n"
        "Paths and patterns begin at the folder of that file.\n"
        "Each setting is an option of the command line, too, with commas for a list, such as "
        "`--select VT0,VT1`, `--severity VT401=error`, `--per-file-ignores 'old/*:VT4'`; options "
        "go before the file. `--config FILE` names another file, `--isolated` none.\n\n"
        "Of the selectors of one place the longer wins: `select` of a family and `ignore` of one "
        "of its codes are all but that one.\n"
        "The command line builds on what the file came to; its `--select` starts anew.\n\n"
        f"{table(['setting', 'takes'], listed)}{told}"
    )


def test_the_page_of_settings_is_current(update: bool) -> None:
    if update:
        SETTINGS_PAGE.write_text(configuration_page(), encoding="utf-8")
    assert SETTINGS_PAGE.read_text("utf-8") == configuration_page()


def test_settings_are_options_and_their_examples_can_be() -> None:
    options = vars(parser(["lint"]).parse_args(["lint"]))
    assert {row.name.replace("-", "_") for row in SETTINGS.values()} <= set(options)
    assert {*OPTIONS} == set(SETTINGS)
    pages = (Path(__file__).parents[1] / "docs").rglob("*.md")
    blocks = [
        block for page in pages
        for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    ]  # fmt: skip
    assert len(blocks) > len(SETTINGS)
    for block in blocks:
        assert checked_settings(tomllib.loads(block)["tool"]["vtql"])


def test_the_hooks_are_commands_and_take_the_files_that_they_can_read() -> None:
    text = (Path(__file__).parents[1] / ".pre-commit-hooks.yaml").read_text("utf-8")
    hooks = dict(zip(re.findall(r"^- id: (.*)$", text, re.M),
                     re.findall(r"^  files: (.*)$", text, re.M), strict=True))  # fmt: skip
    assert list(hooks) == ["vtql-lint", "vtql-format"]
    assert all(re.search(hooks["vtql-lint"], f"a/b{suffix}") for suffix in SUFFIXES)
    assert not re.search(hooks["vtql-lint"], "a.vtql.orig")
    assert re.search(hooks["vtql-format"], "a/b.vtql")
    for entry in re.findall(r"^  entry: vtql (.*)$", text, re.M):
        assert parser().parse_args([*entry.split(), "a.vtql"]).files == ["a.vtql"]


def test_types_cover_what_servers_emit() -> None:
    emitted = (
        "string text picklist multipicklist reference owner date datetime time boolean integer "
        "double currency email phone url skype password autogenerated file image"
    )
    assert set(emitted.split()) == set(TYPES)


def test_rules_are_numbered_named_and_explained() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    for rule in RULES:
        module = __import__(rule.check.__module__, fromlist=["_"])
        assert rule.check.__module__.endswith(rule.slug.replace("-", "_"))
        for part in ("## Why", "## Example", "## Use instead"):
            assert part in (module.__doc__ or ""), rule.slug


def rule_pages() -> dict[str, str]:
    """The pages of all findings, and their index, by file name."""
    every = all_rule_docs()
    made = {f"{each.code}-{each.slug}.md": sentences(each.text) for each in every.values()}
    parts = [
        "# Rules\n\nMade from the files in `vtql/rules/` and the tables in `vtql/recovery/`.\n"
        "`vtql rule CODE` shows the same.\n"
    ]
    for start, family in FAMILIES.items():
        rows = [
            [
                row.code,
                f"[`{row.slug}`]({row.code}-{row.slug}.md)",
                row.severity.value,
                row.sentence,
            ]
            for row in every.values()
            if row.code.startswith(start)
        ]
        head = ["code", "name", "severity", "finds"]
        parts.append(f"## {start}: {family}\n\n{table(head, rows)}")
    return made | {"index.md": "\n".join(parts)}


def sentences(text: str) -> str:
    """Markdown with one sentence a line."""
    blocks = (
        block
        if block.startswith(("    ", "#", "*"))
        else re.sub(r"(?<=[a-z0-9`)]\.) (?=[A-Z`])", "\n", " ".join(block.split()))
        for block in text.rstrip().split("\n\n")
    )
    return "\n\n".join(blocks) + "\n"


def test_the_pages_of_rules_are_current(update: bool) -> None:
    wanted = rule_pages()
    if update:
        RULE_PAGES.mkdir(parents=True, exist_ok=True)
        for path in RULE_PAGES.glob("*.md"):
            path.unlink()
        for name, text in wanted.items():
            (RULE_PAGES / name).write_text(text, encoding="utf-8")
    assert {path.name: path.read_text("utf-8") for path in RULE_PAGES.glob("*.md")} == wanted


def test_operations_name_profiles_and_parameters_that_there_are() -> None:
    assert tuple(PROFILES) == SERVERS
    assert set(HANDLERS) <= set(OPERATIONS)
    for name, row in OPERATIONS.items():
        assert row.name == name
        assert row.profiles
        assert set(row.profiles) <= set(PROFILES), name
        assert set(row.encoded) <= set(row.parameters), name
        assert row.instead or set(row.profiles) >= set(PROFILES) - {"cloud"}, name


def test_commands_are_those_of_the_readme() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"vtql {name}" not in readme] == []
    assert [command(name).name for name in COMMANDS] == list(COMMANDS)
