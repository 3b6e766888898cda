"""What is there so that reading broken texts begins quickly, against what it stands for."""

from __future__ import annotations

from corpus import cases
from hypothesis import given
from hypothesis import strategies as st

from vtql.recovery.constructs import CONSTRUCTS
from vtql.recovery.lexer import COMMON_TOKENS, all_tokens, statements
from vtql.recovery.matcher import RESERVED, keys_of

SIGNS = (
    "a", "select", "x", "T", "e", "'", "''", "'x'", '"', "\\", "=", "<", ">", "!", "~", "*", ".", "@", "+",
    "-", "--", "/", "/*", "*/", "1", "12", "12x3", "1.5", "2024-01-02", "10:20", "a@b.c", "é", " ", "\n",
    ",", "(", ")", ";", "?", "%s", "$a", "{a}", ":a", "::t", "`", "[", "]", "#", "&", "|", "%", "_", "‘",
)  # fmt: skip

WORDS = sorted(
    {word for _, row in CONSTRUCTS for trigger in row.triggers for word in trigger.split() if word.islower()}
    | set(RESERVED)
)  # fmt: skip


@given(st.lists(st.sampled_from(SIGNS), min_size=1, max_size=14).map("".join))
def test_what_is_found_often_is_what_the_whole_pattern_finds(text: str) -> None:
    for at in range(len(text)):
        for end in (len(text), (at + len(text)) // 2 + 1):
            found = COMMON_TOKENS.match(text, at, end)
            if found is not None:
                same = all_tokens().match(text, at, end)
                assert same is not None
                assert (found.lastgroup, found.span()) == (same.lastgroup, same.span())


def no_trigger_hides_a_construct(text: str) -> None:
    """Triggers of several keys only save time; one of a key may also say where a row is worth it."""
    for statement in statements(text):
        keys = keys_of(list(statement.tokens))
        for _, row in CONSTRUCTS:
            if any(" " in trigger for trigger in row.triggers) and not keys.may_have(row):
                assert row.expression.search(keys.text) is None, (row.triggers, row.pattern)


def test_every_construct_of_the_corpus_has_its_trigger() -> None:
    texts = {case.input for folder in ("syntax", "messages", "compile") for case in cases(folder)}
    assert len(texts) > 100
    for text in texts:
        no_trigger_hides_a_construct(text)


@given(st.lists(st.sampled_from((*WORDS, "a", "1", "'b'", "=", "!=", "<", ">", ",", "(", ")", ".", ";")),
                min_size=2, max_size=12).map(" ".join))  # fmt: skip
def test_every_construct_has_its_trigger(text: str) -> None:
    no_trigger_hides_a_construct(text)


OPERATORS = ("=", "!=", "<", "<=", "<>", "==", "like", "ilike", "in", "is", "not", "between")


@given(st.lists(st.sampled_from((*RESERVED, *OPERATORS, "by", "asc", "desc", "null", "a", "b", "'c'", "1", "1.5", "+1",
                                 "5x1", ",", "(", ")", "."))
                | st.tuples(st.sampled_from("ab"), st.sampled_from(OPERATORS), st.sampled_from((*RESERVED, "'c'", "1")))
                .map(" ".join), min_size=2, max_size=10).map(" ".join))  # fmt: skip
def test_every_condition_has_its_trigger(text: str) -> None:
    no_trigger_hides_a_construct(f"select a from b where {text};")
