"""A fix in a program changes a query that is sent only as a safe fix of that query would.

Programs run against a stub of their client before and after `--fix`; what they send is compared.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from corpus import cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sending import javascript_sends, php_sends, python_sends, unexplained

from vtql.embedded import LANGUAGES


def fixed(program: str, suffix: str) -> str:
    return LANGUAGES[suffix](program, name=f"a{suffix}").fixed()


def check(program: str, suffix: str, send: Callable[[Sequence[str]], list[list[str]]]) -> None:
    check_all([program], suffix, send)


def check_all(
    programs: Sequence[str], suffix: str, send: Callable[[Sequence[str]], list[list[str]]], *,
    filled: bool = False,
) -> None:  # fmt: skip
    pairs = [(program, fixed(program, suffix)) for program in programs]
    changed = [(before, after) for before, after in pairs if before != after]
    if not changed:
        return
    sent = send([each for pair in changed for each in pair])
    for number, (before, after) in enumerate(changed):
        wrong = unexplained(sent[2 * number], sent[2 * number + 1], filled=filled)
        assert not wrong, f"{before}\n--- fixed\n{after}\n--- {wrong}"


def python(programs: Sequence[str]) -> list[list[str]]:
    return [python_sends(each) for each in programs]


RUNS: Mapping[str, tuple[str, Callable[[Sequence[str]], list[list[str]]]]] = {
    "python": (".py", python),
    "php": (".php", php_sends),
    "javascript": (".js", javascript_sends),
}
PROGRAMS = {"php": "php", "javascript": "node"}


def needs(language: str) -> None:
    program = PROGRAMS.get(language)
    if program and shutil.which(program) is None:
        pytest.skip(f"{program} is not here")


# Programs that somebody wrote


@pytest.mark.parametrize("language", RUNS)
def test_programs_of_the_corpus_send_the_same(language: str) -> None:
    needs(language)
    suffix, send = RUNS[language]
    texts = [case.input for case in cases("embedded") if case.kind == language]
    check_all(texts, suffix, send, filled=True)


@pytest.mark.parametrize("language", RUNS)
def test_programs_of_the_cases_send_the_same(language: str, shared: Path) -> None:
    needs(language)
    suffix, send = RUNS[language]
    folder = shared / "cases" / "lint"
    if not folder.is_dir():
        pytest.skip("no cases")
    check_all([path.read_text("latin-1") for path in sorted(folder.glob(f"*{suffix}"))], suffix, send,
        filled=True,
    )  # fmt: skip


def test_the_harness_sees_a_fix_that_breaks_a_query() -> None:
    base = "SELECT id FROM Contacts LIMIT 5"
    assert not unexplained([base], [f"{base};"])
    assert not unexplained([f"{base.replace('5', '6')};"], [f"{base.replace('5', '6')};"])
    for before, after in [
        (f"{base};", f"{base};;"),
        ("SELECT id FROM Contacts LIMIT 5;", "SELECT id FROM Contacts; LIMIT 5;"),
        (f"{base};", base),
        (f"{base};", "SELECT id FROM Accounts LIMIT 5;"),
    ]:
        assert unexplained([before], [after])


# Generated programs: few in a usual run, thousands with `--hypothesis-profile=explore`

_MANY = settings().max_examples
SINGLE, BATCHES = _MANY // 4, _MANY // 40
"""Programs of Python, and batches of twenty of each other language."""


class Parts(NamedTuple):
    """What the programs of a language are made of; `V` and `W` stand for two variables."""

    helpers: str
    queries: Sequence[str]
    declare: Sequence[str]
    steps: Sequence[str]
    sends: Sequence[str]
    function: Callable[[int, Sequence[str]], str]


QUERIES = (
    "SELECT id FROM Contacts WHERE lastname = 'Brown'",
    "SELECT id FROM Contacts WHERE lastname == 'Brown'",
    "SELECT id FROM Contacts WHERE lastname <> 'Brown' LIMIT 5",
    "SELECT id FROM Contacts LIMIT 5;",
    "SELECT id, FROM Contacts",
    "SELECT id FROM Contacts WHERE",
    "SELECT id FROM Contacts WHERE lastname == 'Brown';",
    "  select id from Contacts where city && 'x' ",
    "SELECT c.id FROM Contacts c ORDER BY c.id",
    "SELECT id FROM Contacts ORDER id",
)

PYTHON = Parts(
    """\
import functools, io, string, textwrap
def end(base): return base + ";"
def same(base): return base
def page(client, base, n=1):
    return client.query(f"{base} LIMIT {n};")
def ask(client, base):
    text = base
    return client.query(text)
class Box:
    q = ""
    def more(self): return self.q + ";"
    def rest(self, q): self.q = q
BASE = "SELECT id FROM Contacts WHERE lastname == 'x'"
""",
    [*(f'"{query}"' for query in QUERIES), "BASE",
     "f\"SELECT id FROM Contacts WHERE lastname == '{n}'\"",
     "\"SELECT id FROM Contacts WHERE lastname == '%s'\"",
     "\"SELECT id FROM Contacts WHERE lastname == '{}'\"",
     "('SELECT id FROM Contacts ' 'WHERE lastname == \"x\"')"],
    ["V = Q", "V: str = Q", "W = V = Q", "V, W = Q, ''", "(V := Q)", "V = Q if n else Q",
     "V = Q.strip()", "V = [Q]; V = V[0]", "V = {'a': Q}; V = V['a']", "box = Box(); box.q = Q; V = box.q",
     "V = same(Q)", "V = BASE", "V = (lambda: Q)()"],
    ["V = V.strip()", "V = V + ';'", "V += ' LIMIT 5;'", "V = '%s;' % V", "V = '%s LIMIT %d;' % (V, 5)",
     "V = '{};'.format(V)", "V = '{a};'.format(a=V)", "V = f'{V};'", "V = ' '.join([V, 'LIMIT 5;'])",
     "W = V", "V = W", "print(V)", "print(f'asking {V}')", "V = end(V)", "W = end(V)", "V = same(V)",
     "parts = [V]; parts.append(';'); V = ''.join(parts)", "if n: V += ';'", "if not n: V = V + ';'",
     "for _ in range(2): V = V + ' '", "for V in [V]: pass", "known = {'q': V}; V = known['q'] + ';'",
     "V = V.replace('id', 'lastname')", "V = (lambda x: x + ';')(V)", "box = Box(); box.q = V; V = box.more()",
     "box = Box(); box.rest(V); V = box.q", "V = V[:]", "V = V[:-1]", "V = str(V)", "V = textwrap.dedent(V)",
     "V = list(map(end, [V]))[0]", "V = [x + ';' for x in [V]][0]", "V = [x for x in (V, W)][0]",
     "V = string.Template('$q;').substitute(q=V)", "V = V.__add__(';')", "V = functools.reduce(lambda a, b: a + b, [V, ';'])",
     "buffer = io.StringIO(); buffer.write(V); buffer.write(';'); V = buffer.getvalue()",
     "V = locals()['V'] + ';'", "V = V.format(5)", "V = V % 5", "V = V if V.endswith(';') else V + ';'",
     "V = 'SELECT id FROM Accounts'", "V = V or 'SELECT id FROM Accounts'", "V = Q", "W = Q",
     "def inner(): return V + ';'\n    V = inner()", "def inner(): return client.query(V)\n    inner()",
     "def inner():\n        nonlocal V\n        V += ';'\n    inner()", "try: V += ';'\n    finally: pass",
     "while n and not V.endswith(';'): V += ';'", "V = V.encode().decode()", "V = dict(q=V)['q']",
     "V = max(V, '')", "V = V.ljust(40) + ';'", "V = ''.join(sorted([V, '']))", "V = V * 1", "V = '' + V",
     "with client as c: V += ';'", "assert V", "if V.endswith(';'): V = V[:-1]", "del W; W = V",
     "match n:\n        case _: V = V + ';'", "V = ','.join(V.split(','))", "V = next(iter([V])) + ';'",
     "*rest, V = ['', V]", "V = V.removesuffix(';') + ';'", "W = [V]; V = W.pop() + ';'; W = V"],
    ["client.query(V)", "client.do_query(V)", "return client.query(V)", "http.get(u, params={'operation': 'query', 'query': V})",
     "client.query_all(V)", "client.query(V, page_size=5)", "pages.read(V)", "page(client, V)", "ask(client, V)",
     "client.query(V + ';')", "client.query(V.strip())", "client.query('%s' % V)", "client.query(Q)", "page(client, Q)",
     "ask(client, Q)", "client.query(end(Q))", "client.query(V if n else Q)", "client.query((W := V))",
     "for x in [V, W]: client.query(x)", "for x in [V, W]: client.query(x + ';')", "client.query(query=V)",
     "client.send(operation='query', query=V)", "client.query(*[V])", "return V", "list(map(client.query, [V]))",
     "page(client, base=Q)", "client.query(''.join([Q]))", "run = client.query; run(V)", "client.query(V.format(n))",
     "client.query(V % n)", "params = {'operation': 'query', 'query': V}; params['query'] += ';'; http.get(u, params=params)",
     "client.query(Q % n)", "client.query(Q.format(n))", "client.query(f'{V}')"],
    lambda number, lines: f"def f{number}(client, n):\n" + "".join(f"    {line}\n" for line in lines),
)  # fmt: skip

JAVASCRIPT = Parts(
    """\
function end(base) { return base + ";"; }
function same(base) { return base; }
const page = (client, base) => client.query(`${base} LIMIT 5;`);
const ask = (client, base) => { const text = base; return client.query(text); };
class Box { q = ""; more() { return this.q + ";"; } rest(q) { this.q = q; } }
const BASE = "SELECT id FROM Contacts WHERE lastname == 'x'";
""",
    [*(f'"{query}"' for query in QUERIES), *(f"`{query}`" for query in QUERIES[:3]), "BASE",
     "`SELECT id FROM Contacts WHERE lastname == '${n}'`"],
    ["V = Q;", "V = Q", "W = V = Q;", "[V, W] = [Q, ''];", "V = n ? Q : Q;", "V = Q.trim();", "V = [Q]; V = V[0];",
     "V = {a: Q}; V = V.a;", "{ const box = new Box(); box.q = Q; V = box.q; }", "V = same(Q);", "V = (() => Q)();",
     "V = (function () { return Q; })();"],
    ["V = V.trim();", "V = V + ';';", "V += ' LIMIT 5;';", "V = `${V};`;", "V = [V, 'LIMIT 5;'].join(' ');", "W = V;", "V = W;",
     "console.log(V);", "console.log(`asking ${V}`);", "V = end(V);", "V = same(V)", "V = V.concat(';');",
     "{ const parts = [V]; parts.push(';'); V = parts.join(''); }", "if (n) V += ';';", "if (n) { V = V + ';'; }",
     "for (const x of [V]) { V = x + ';'; }", "for (const x of [V]) V = x + ';'", "V = V.replace('id', 'lastname');",
     "V = (x => x + ';')(V);", "{ const box = new Box(); box.q = V; V = box.more(); }",
     "{ const box = new Box(); box.rest(V); V = box.q + ';'; }", "V = V.slice(0, -1);", "V = String(V);",
     "V = [V].map(end)[0];", "V = [V].map(x => x + ';')[0];", "V = V.endsWith(';') ? V : V + ';';",
     "V = 'SELECT id FROM Accounts';", "V = V || 'SELECT id FROM Accounts';", "V = Q;", "W = Q;", "V = ((a) => a)(V);",
     "{ const inner = () => V + ';'; V = inner(); }", "{ const inner = () => client.query(V); inner(); }",
     "try { V += ';'; } finally { }", "V = V.padEnd(60) + ';';", "V = '' + V;", "V = V.split(',').join(',');",
     "{ const o = {q: V}; o.q += ';'; V = o.q; }", "{ const {q} = {q: V}; V = q + ';'; }", "V = [...[V]][0];",
     "V = Object.values({a: V})[0];", "while (n && !V.endsWith(';')) V += ';';", "switch (n) { case 5: V += ';'; }",
     "V ||= Q;", "V = V ?? Q;", "V = (0, V);", "V = [V, W].at(0) + ';';", "V = [V].flat()[0] + ';';", "{ const o = {a: {b: V}}; V = o.a.b + ';'; }", "V = V.repeat(1);", "V = V.toString();", "V = `${V}`;",
     "V = [V, ''].reduce((a, b) => a + b + ';');", "{ let V2 = V; V2 += ';'; V = V2 }"],
    ["client.query(V);", "client.doQuery(V)", "return client.query(V);", "http.get('u', {params: {operation: 'query', query: V}});",
     "client.queryAll(V);", "pages.read(V);", "page(client, V);", "ask(client, V);", "client.query(V + ';');", "client.query(V.trim());",
     "client.query(Q);", "page(client, Q);", "ask(client, Q);", "client.query(end(Q));", "client.query(n ? V : Q);",
     "for (const x of [V, W]) client.query(x);", "for (const x of [V, W]) client.query(x + ';');", "[V].forEach(x => client.query(x));",
     "{ const query = V; http.get('u', {operation: 'query', query}); }", "client.query(...[V]);", "return V;",
     "{ const run = client.query; run(V); }", "{ const p = {operation: 'query', query: V}; p.query += ';'; http.get('u', p); }",
     "client.query(`${V}`);", "client.query(`${V};`)"],
    lambda number, lines: f"function f{number}(client, n) {{\n  let v = '', w = ''\n"
    + "".join(f"  {line}\n" for line in lines) + "}\n",
)  # fmt: skip

PHP = Parts(
    """\
<?php
function ending($base) { return $base . ";"; }
function same($base) { return $base; }
function page($client, $base, $n = 5) { return $client->query("$base LIMIT $n;"); }
function ask($client, string $base) { $text = $base; return $client->query($text); }
class Box { public $q = ""; const BASE = "SELECT id FROM Contacts"; function more() { return $this->q . ";"; }
  function rest($q) { $this->q = $q; } static function base() { return self::BASE; } }
""",
    [*(f'"{query}"' for query in QUERIES), *("'" + query.replace("'", r"\'") + "'" for query in QUERIES[:3]),
     "\"SELECT id FROM Contacts WHERE lastname == '$n'\"", "sprintf('SELECT id FROM Contacts WHERE lastname == %d', 5)",
     "Box::BASE", "<<<Q\n  SELECT id FROM Contacts\n    WHERE lastname == '1'\n  Q"],
    ["$V = Q;", "$W = $V = Q;", "[$V, $W] = [Q, ''];", "$V = $n ? Q : Q;", "$V = trim(Q);", "$V = [Q]; $V = $V[0];",
     "$V = ['a' => Q]; $V = $V['a'];", "$box = new Box; $box->q = Q; $V = $box->q;", "$V = same(Q);", "$V = (fn() => Q)();",
     "$V = (function () { return Q; })();", "$V = Box::base();", "define('C' . __LINE__, Q); $V = constant('C' . __LINE__);"],
    ["$V = trim($V);", "$V = $V . ';';", "$V .= ' LIMIT 5;';", "$V = \"$V;\";", "$V = \"{$V} LIMIT 5;\";", "$V = sprintf('%s;', $V);",
     "$V = implode(' ', [$V, 'LIMIT 5;']);", "$V = join(' ', array($V, ';'));", "$W = $V;", "$V = $W;", "echo $V;", "echo \"asking $V\";",
     "$V = ending($V);", "$V = same($V);", "$parts = [$V]; $parts[] = ';'; $V = implode('', $parts);", "if ($n) $V .= ';';",
     "if ($n) { $V = $V . ';'; }", "foreach ([$V] as $x) { $V = $x . ';'; }", "foreach ([$V] as $k => $x) $V = $x . ';';",
     "$V = str_replace('id', 'lastname', $V);", "$V = (function ($x) { return $x . ';'; })($V);", "$V = (fn($x) => $x . ';')($V);",
     "$box = new Box; $box->q = $V; $V = $box->more();", "$box = new Box; $box->rest($V); $V = $box->q . ';';", "$V = substr($V, 0, -1);",
     "$V = strval($V);", "$V = array_map('ending', [$V])[0];", "$V = array_map(fn($x) => \"$x;\", [$V])[0];",
     "$V = substr($V, -1) == ';' ? $V : $V . ';';", "$V = 'SELECT id FROM Accounts';", "$V = $V ?: 'SELECT id FROM Accounts';", "$V = Q;",
     "$W = Q;", "$inner = function () use ($V) { return $V . ';'; }; $V = $inner();", "$inner = function () use (&$V) { $V .= ';'; }; $inner();",
     "try { $V .= ';'; } finally { }", "$V = str_pad($V, 60) . ';';", "$V = '' . $V;", "$V = implode(',', explode(',', $V));",
     "$o = ['q' => $V]; $o['q'] .= ';'; $V = $o['q'];", "$o = (object) ['q' => $V]; $V = $o->q . ';';", "$x = &$V; $x .= ';'; unset($x);",
     "$V = current([$V]) . ';';", "while ($n && substr($V, -1) != ';') $V .= ';';", "switch ($n) { case 5: $V .= ';'; }", "$V ??= Q;",
     "$V = rtrim($V, ';') . ';';", "$V = \"$V\";", "$name = 'V'; $$name .= ';';", "extract(['V' => $V . ';']);", "$V = strtr($V, ['id' => 'id,']);",
     "$V = vsprintf('%s;', [$V]);", "$V = array_reduce([$V], fn($a, $b) => $a . $b . ';', '');", "$V = (string) $V;",
     "settype($V, 'string');", "$known = ['q' => $V]; $V = \"{$known['q']};\";", "$known = ['q' => $V]; $W = \"$known[q];\"; $V = $W;",
        "$box = new Box; $box->q = $V; $V = \"{$box->q};\";", "$V = \"${V};\";", "$list = [$V, $W]; $V = end($list);", "list($V, $x) = [$V, 1];", "static $s = ''; $s = $V; $V = $s . ';';"],
    ["$client->query($V);", "vtws_query($V, $user);", "return $client->query($V);", "$http->get('u', ['operation' => 'query', 'query' => $V]);",
     "$client->queryAll($V);", "$pages->read($V);", "page($client, $V);", "ask($client, $V);", "$client->query($V . ';');", "$client->query(trim($V));",
     "$client->query(Q);", "page($client, Q);", "ask($client, Q);", "vtws_query(ending(Q), $user);", "$client->query($n ? $V : Q);",
     "foreach ([$V, $W] as $x) $client->query($x);", "foreach ([$V, $W] as $x) { $client->query(\"$x;\"); }", "$client->query(...[$V]);", "return $V;",
     "$p = ['operation' => 'query', 'query' => $V]; $p['query'] .= ';'; $http->get('u', $p);", "page(base: Q, client: $client);",
     "array_map(fn($x) => $client->query($x), [$V]);", "$client->query(\"$V\");", "call_user_func([$client, 'query'], $V);",
     "vtws_query(sprintf(Q, 5), $user);", "vtws_query(sprintf($V, 5), $user);"],
    lambda number, lines: f"function f{number}($client, $n) {{ global $http, $pages, $user; $v = $w = '';\n"
    "  $http = $pages = $user = $client;\n" + "".join(f"  {line}\n" for line in lines) + "}\n",
)  # fmt: skip


def programs(parts: Parts) -> st.SearchStrategy[str]:
    variables = st.permutations(("v", "w"))

    @st.composite
    def line(draw: st.DrawFn, rows: Sequence[str]) -> str:
        text = draw(st.sampled_from(rows))
        v, w = draw(variables)
        known = {"V": v, "W": w}
        return re.sub(
            r"\b[QVW]\b",
            lambda found: known.get(found[0]) or draw(st.sampled_from(parts.queries)),
            text,
        )

    @st.composite
    def program(draw: st.DrawFn) -> str:
        functions = []
        for number in range(draw(st.integers(1, 2))):
            lines = [draw(line(parts.declare))]
            steps = draw(st.lists(st.one_of(line(parts.steps), line(parts.sends)), max_size=4))
            lines += [*steps, draw(line(parts.sends))]
            functions.append(parts.function(number, lines))
        return parts.helpers + "".join(functions)

    return program()


@settings(max_examples=SINGLE)
@given(programs(PYTHON))
def test_generated_python_programs_send_the_same(program: str) -> None:
    check(program, ".py", python)


@settings(max_examples=BATCHES, suppress_health_check=list(HealthCheck))
@given(st.lists(programs(JAVASCRIPT), min_size=20, max_size=25))
def test_generated_javascript_programs_send_the_same(several: list[str]) -> None:
    needs("javascript")
    check_all(several, ".js", javascript_sends)


@settings(max_examples=BATCHES, suppress_health_check=list(HealthCheck))
@given(st.lists(programs(PHP), min_size=20, max_size=25))
def test_generated_php_programs_send_the_same(several: list[str]) -> None:
    needs("php")
    check_all(several, ".php", php_sends)
