"""Where a string of a Python file goes: through variables, calls of the same file, and containers.

Nothing is executed. From an expression the way goes up to what takes it; a variable leads to the
nodes that read it until it is assigned again, an argument of a function of the same file to its
parameter, and a returned value to the calls of its function. What is not in the tables below is
unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vtql.embedded.host import ADDED, Fate, Flow, sends, shows
from vtql.embedded.python_symbols import FUNCTIONS, ScopeReader, SymbolTable, dotted, key_of, place

SAFE_CALLS = frozenset(("int", "len", "float", "quote", "round", "ord", "hash", "id"))
"""Functions whose results cannot end a literal, by the last of their names."""

_SEVERAL = 8
_DEEP = 40
"""How far a value is followed through variables and calls to see that it is safe."""


def is_safe(reader: ScopeReader, node: ast.expr, deep: int = 0) -> bool:
    """Whether the value of an expression is a number or has been quoted."""
    if deep > _DEEP:
        return False
    match node:
        case ast.Constant(value=value):
            return not isinstance(value, (str, bytes)) or "'" not in str(value)
        case ast.Call(func=function, args=args):
            last = dotted(function).rpartition(".")[2]
            if last in ("str", "format") and args:
                return is_safe(reader, args[0], deep + 1)
            if last == "join" and len(args) == 1:
                return _elements_are_safe(reader, args[0], deep)
            return last in SAFE_CALLS
        case ast.BinOp(op=ast.Sub() | ast.FloorDiv() | ast.Div() | ast.Mult() | ast.Pow()):
            return True
        case ast.IfExp():
            return is_safe(reader, node.body, deep + 1) and is_safe(reader, node.orelse, deep + 1)
        case ast.Name():
            values = reader.assignments.get(key_of(node.id, reader.scope), [])
            return 0 < len(values) <= _SEVERAL and all(
                value is not None and is_safe(reader, value, deep + 10) for value in values
            )
        case _:
            return False


def _elements_are_safe(reader: ScopeReader, node: ast.expr, deep: int) -> bool:
    match node:
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element) | ast.SetComp(elt=element):
            return is_safe(reader, element, deep + 1)
        case ast.Call(func=ast.Name(id="map"), args=[function, _]):
            return dotted(function).rpartition(".")[2] in SAFE_CALLS
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return all(is_safe(reader, element, deep + 1) for element in elements)
        case _:
            return False


MAX_STEPS = 500
"""Nodes that one string is followed to; if there are more, its fate is unknown."""

MAX_NAMESAKES = 50
"""Functions of one name that are followed."""

_KEEPS = ("strip", "lstrip", "rstrip", "encode", "decode")
"""Methods that do not change a text, without arguments."""

_KEEP = ("str", "dedent", "cleandoc", "Template")
"""Functions that do not change a text."""

_CHANGES = (
    "replace",
    "join",
    "ljust",
    "rjust",
    "center",
    "removesuffix",
    "removeprefix",
    "translate",
)
_LOOKS = ("startswith", "endswith", "count", "find", "index", "isspace", "lower", "upper")
_ELEMENTS = (
    "append",
    "extend",
    "insert",
    "add",
    "update",
    "get",
    "pop",
    "values",
    "items",
    "copy",
    "sort",
)
_CONTAINERS = (ast.List, ast.Tuple, ast.Set, ast.Starred)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.comprehension)
_QUERY, _OPERATION = "query", "operation"


class Stop(NamedTuple):
    """A node on the way of a string.

    `element` says that the string is in a container there; `near`, that the node is in the function
    of the string literal, as far as it matters; `sent`, that the string is certainly sent, unless it
    is completed before.
    """

    node: ast.AST
    element: bool = False
    near: bool = True
    sent: bool = False


def flow_of(symbols: SymbolTable, node: ast.AST, *, whole: bool = True) -> Flow:
    """Where the string of an expression goes.

    Args:
        symbols: the symbols of the file.
        node: the expression.
        whole: whether nothing is concatenated before the string.
    """
    flow = Flow()
    if not whole:
        flow.fates.add(Fate.UNKNOWN)
    todo, seen = [Stop(node)], set[tuple[int, bool]]()
    while todo:
        stop = todo.pop()
        key = (id(stop.node), stop.element)
        if key in seen:
            continue
        seen.add(key)
        if len(seen) > MAX_STEPS:
            flow.fates.add(Fate.UNKNOWN)
            break
        for following in _step(symbols, flow, stop):
            if isinstance(following, Stop):
                near, sent = following.near and stop.near, following.sent or stop.sent
                todo.append(following._replace(near=near, sent=sent))
            elif stop.sent and following is not Fate.COMPLETED:
                continue
            elif following is not Fate.SENT or stop.near:
                flow.fates.add(following)
            else:
                flow.fates.add(Fate.UNKNOWN)
    return flow


def _step(symbols: SymbolTable, flow: Flow, stop: Stop) -> Iterator[Stop | Fate]:
    """The next nodes of a string, or its fate here."""
    node, element = stop.node, stop.element
    parent = symbols.parent(node)
    match parent:
        case ast.IfExp(test=test) if test is not node:
            yield stop._replace(node=parent)
        case ast.BoolOp() | ast.Await() | ast.NamedExpr():
            if isinstance(parent, ast.NamedExpr):
                yield from _bound(symbols, parent.target, parent, element=element)
            yield stop._replace(node=parent)
        case ast.If() | ast.While() | ast.Assert() | ast.IfExp() | ast.Expr():
            if isinstance(parent, ast.Expr) and not isinstance(node, (ast.Name, ast.Call)):
                yield Fate.UNKNOWN
        case ast.UnaryOp(op=ast.Not()):
            pass
        case ast.BinOp() | ast.AugAssign() | ast.FormattedValue() | ast.JoinedStr():
            yield from _concatenated(symbols, flow, stop, parent)
        case ast.Call():
            yield from _argument(symbols, flow, stop, parent, parent)
        case ast.keyword():
            call = symbols.parent(parent)
            if isinstance(call, ast.Call):
                yield from _argument(symbols, flow, stop, call, parent)
            else:
                yield Fate.UNKNOWN
        case ast.Attribute(value=value, attr=name) if value is node:
            yield from _method(symbols, flow, stop, parent, name)
        case ast.Dict():
            yield from _in_a_dict(stop, parent)
        case ast.Subscript(value=value) if value is node:
            if element:
                yield Stop(parent)
            else:
                yield Fate.COMPLETED if isinstance(parent.slice, ast.Slice) else Fate.UNKNOWN
        case ast.For(iter=container) | ast.AsyncFor(iter=container) if (
            container is node and element
        ):
            yield from _bound(symbols, parent.target, parent, element=False)
        case ast.comprehension(iter=container) if container is node and element:
            yield from _bound(symbols, parent.target, parent, element=False)
        case ast.Assign():
            for target in parent.targets:
                yield from _bound(symbols, target, parent, element=element)
        case ast.AnnAssign(target=target):
            yield from _bound(symbols, target, parent, element=element)
        case ast.Return() | ast.Lambda():
            yield from _returned(symbols, parent, element=element)
        case ast.arguments():
            yield from _default(symbols, parent, node)
        case _ if isinstance(parent, _CONTAINERS):
            yield Stop(parent, element=True)
        case _:
            yield Fate.UNKNOWN


def _concatenated(
    symbols: SymbolTable, flow: Flow, stop: Stop, parent: ast.AST
) -> Iterator[Stop | Fate]:
    """What becomes of an operand, or of a string in a formatted string."""
    match parent:
        case ast.BinOp(op=ast.Mod(), left=left) if left is stop.node and not stop.element:
            flow.format_styles.add("percent")
            yield Stop(parent)
        case ast.BinOp(op=ast.Add()) if stop.element:
            yield Stop(parent, element=True)
        case ast.BinOp(op=ast.Add() | ast.Mod() | ast.Mult()) | ast.FormattedValue():
            if not _is_only_shown(symbols, parent):
                yield Fate.COMPLETED
        case ast.AugAssign(target=target) if stop.element and target is not stop.node:
            yield from _bound(symbols, target, parent, element=True)
        case ast.AugAssign():
            if not stop.element:
                yield Fate.COMPLETED
        case _:
            yield Fate.UNKNOWN


def _is_only_shown(symbols: SymbolTable, node: ast.AST) -> bool:
    """Whether a concatenated text is only printed, logged or raised."""
    for parent in symbols.above(node):
        match parent:
            case ast.Call(func=function) if shows(dotted(function)):
                return True
            case ast.Raise() | ast.Assert():
                return True
            case ast.Call(func=function):
                if dotted(function).rpartition(".")[2] not in ("format", "join", "str", "repr"):
                    return False
            case ast.expr() | ast.keyword():
                pass
            case _:
                return False
    return False


def _argument(
    symbols: SymbolTable, flow: Flow, stop: Stop, call: ast.Call, through: ast.AST
) -> Iterator[Stop | Fate]:
    """What becomes of an argument of a call."""
    if call.func is stop.node:
        return
    name = dotted(call.func)
    last = name.rpartition(".")[2]
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if not stop.element:
        flow.given_to.add(name)
    if last in ("join", "format", "format_map") and isinstance(call.func, ast.Attribute):
        if not _is_only_shown(symbols, call):
            yield Fate.COMPLETED
    elif last in _KEEP and not stop.element:
        if last == "Template":
            flow.format_styles.add("dollars")
        yield Stop(call)
    elif shows(name):
        pass
    elif last in ("append", "insert", "add") and isinstance(call.func, ast.Attribute):
        yield from _mutated(symbols, call.func.value)
    elif stop.element and last in ("list", "tuple", "sorted", "reversed", "iter", "set", "dict"):
        yield Stop(call, element=True)
    elif stop.element:
        yield Fate.UNKNOWN
    elif last in symbols.functions:
        yield from _parameters(symbols, call, last, stop.node, through)
    elif isinstance(through, ast.keyword) and through.arg == _QUERY and _OPERATION in keywords:
        yield Fate.SENT
    elif sends(name):
        yield Fate.UNKNOWN if any(str(name).lower() in ADDED for name in keywords) else Fate.SENT
    else:
        yield Fate.UNKNOWN


def _mutated(symbols: SymbolTable, container: ast.AST) -> Iterator[Stop | Fate]:
    """Where a container goes that a string was added to."""
    if isinstance(container, ast.Name):
        yield from _everywhere(symbols, container.id, container, element=True)
    elif isinstance(container, ast.Attribute):
        yield from _members(symbols, container.attr, element=True)
    else:
        yield Fate.UNKNOWN


def _method(
    symbols: SymbolTable, flow: Flow, stop: Stop, member: ast.Attribute, name: str
) -> Iterator[Stop | Fate]:
    """What becomes of a string, or of a container of it, whose method is called."""
    call = symbols.parent(member)
    if not isinstance(call, ast.Call) or call.func is not member:
        yield Fate.UNKNOWN
    elif stop.element:
        if name in ("get", "pop"):
            yield Stop(call)
        elif name in ("values", "items", "copy"):
            yield Stop(call, element=True)
        elif name not in _ELEMENTS:
            yield Fate.UNKNOWN
    elif name in ("format", "format_map"):
        flow.format_styles.add("braces")
        yield Stop(call)
    elif (
        name in ("substitute", "safe_substitute")
        or (name in _KEEPS and not (call.args or call.keywords))
        or name in ("encode", "decode")
    ):
        yield Stop(call)
    elif name in _CHANGES or name in _KEEPS:
        yield Fate.COMPLETED
    elif name not in _LOOKS:
        yield Fate.UNKNOWN


def _in_a_dict(stop: Stop, parent: ast.Dict) -> Iterator[Stop | Fate]:
    """What becomes of a value of a dict: the parameters of a request for a query are sent."""
    keys = [key.value if isinstance(key, ast.Constant) else None for key in parent.keys]
    under = [key for key, value in zip(keys, parent.values, strict=True) if value is stop.node]
    if not under:
        yield Fate.UNKNOWN
    elif under == [_QUERY] and _OPERATION in keys:
        yield Fate.SENT
        yield Stop(parent, element=True, sent=True)
    else:
        yield Stop(parent, element=True)


def _parameters(
    symbols: SymbolTable, call: ast.Call, name: str, node: ast.AST, through: ast.AST
) -> Iterator[Stop | Fate]:
    """Where an argument goes in the functions of that name in this file."""
    if len(symbols.functions[name]) > MAX_NAMESAKES:
        yield Fate.UNKNOWN
        return
    for function in symbols.functions[name]:
        parameter = _parameter(function, call, node, through)
        if parameter is None:
            yield Fate.UNKNOWN
            continue
        reads = symbols.reads_in(parameter, function).places
        yield from _near(symbols, reads, function, element=False)
        if not reads:
            yield Fate.UNKNOWN


def _parameter(function: ast.AST, call: ast.Call, node: ast.AST, through: ast.AST) -> str | None:
    """The parameter that an argument of a call becomes; None where it is not certain."""
    assert isinstance(function, FUNCTIONS)
    arguments = function.args
    names = [parameter.arg for parameter in (*arguments.posonlyargs, *arguments.args)]
    if isinstance(through, ast.keyword):
        keywords = {*names, *(parameter.arg for parameter in arguments.kwonlyargs)}
        return through.arg if through.arg in keywords else None
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    at = next((at for at, argument in enumerate(call.args) if argument is node), None)
    if at is None:
        return None
    if isinstance(call.func, ast.Attribute) and names[:1] in (["self"], ["cls"]):
        at += 1
    return names[at] if at < len(names) else None


def _near(
    symbols: SymbolTable, reads: Sequence[ast.AST], home: ast.AST | None, *, element: bool
) -> Sequence[Stop | Fate]:
    """The nodes that read a variable; those in its function are near."""
    if len(reads) > MAX_STEPS:
        return [Fate.UNKNOWN]
    return [Stop(read, element, near=symbols.function(read) is home) for read in reads]


def _bound(
    symbols: SymbolTable, target: ast.AST, statement: ast.AST, *, element: bool
) -> Iterator[Stop | Fate]:
    """Where a string goes that is assigned to a target."""
    match target:
        case ast.Name(id=name):
            yield from _variable(symbols, name, statement, element=element)
        case ast.Attribute(attr=name):
            yield from _members(symbols, name, element=element)
        case ast.Subscript(value=container):
            yield from _mutated(symbols, container)
        case _:
            yield Fate.UNKNOWN


def _members(symbols: SymbolTable, name: str, *, element: bool) -> Iterator[Stop | Fate]:
    """Where an attribute is read; the object may be changed anywhere else."""
    yield Fate.UNKNOWN
    if len(symbols.members[name]) <= MAX_STEPS:
        for member in symbols.members[name]:
            yield Stop(member, element, near=False)


def _variable(
    symbols: SymbolTable, name: str, statement: ast.AST, *, element: bool
) -> Iterator[Stop | Fate]:
    """Where a variable is read that a statement assigns to, as far as it may have that value."""
    home = symbols.function(statement)
    if isinstance(home, ast.ClassDef):
        yield from _members(symbols, name, element=element)
    if name in symbols.shared or isinstance(home, ast.ClassDef):
        yield Fate.UNKNOWN
        yield from _near(symbols, symbols.reads[name], None, element=element)
        return
    reads = symbols.reads_in(name, home)
    until = symbols.until(name, statement) if reads.near else None
    again = not reads.near or any(isinstance(node, _LOOPS) for node in symbols.above(statement))
    start = None if again and until is None else place(statement)
    added = getattr(statement, "target", None)
    reached = [read for read in reads.between(start, until) if read is not added]
    yield from _near(symbols, reached, home, element=element)
    if not reached:
        yield Fate.UNKNOWN


def _everywhere(
    symbols: SymbolTable, name: str, near: ast.AST, *, element: bool
) -> Iterator[Stop | Fate]:
    """Where a variable of the function around a node is read."""
    home = symbols.function(near)
    yield from _near(symbols, symbols.reads_in(name, home).places, home, element=element)


def _returned(symbols: SymbolTable, inside: ast.AST, *, element: bool) -> Iterator[Stop | Fate]:
    """Where the result of a function goes: to its calls in this file, and perhaps elsewhere."""
    yield Fate.UNKNOWN
    function = inside if isinstance(inside, ast.Lambda) else symbols.function(inside)
    if isinstance(function, ast.Lambda):
        names = [name for name, functions in symbols.functions.items() if function in functions]
    else:
        names = [] if function is None else [str(getattr(function, "name", ""))]
    for name in names:
        places = [*symbols.calls[name], *symbols.members[name]]  # a property is an attribute
        if len(places) <= MAX_STEPS:
            for node in places:
                yield Stop(node, element, near=False)


def _default(
    symbols: SymbolTable, arguments: ast.arguments, node: ast.AST
) -> Iterator[Stop | Fate]:
    """Where the default of a parameter goes."""
    yield Fate.UNKNOWN
    function = symbols.parent(arguments)
    named = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(reversed(named), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for parameter, value in pairs:
        if value is node and function is not None:
            reads = symbols.reads_in(parameter.arg, function).places
            yield from _near(symbols, reads, None, element=False)
