"""Whether a chat template only lays contents between fixed words: proven from its source.

A template is a program. One that joins what messages say with words of its own, and decides what
these words are by the roles alone, writes every conversation of the same roles in the same way;
whoever has seen one of them knows all. :func:`prove` follows what becomes of ``content`` through
the program. It may be written out, joined, trimmed, kept under a name, handed to a macro, and asked
for words that it does not contain; anything else (its length, a part of it, a loop over it) ends
the proof, and rows are rendered one by one, as ever.

The proof holds for messages that have a role and a content and nothing else, and for contents that
:class:`Proof` names the conditions of.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from jinja2 import nodes

Kind = Literal["fixed", "content", "joined", "parts", "messages", "some"]
"""What an expression stands for: something that roles decide; one content; contents with words
around them; a content that was split at words it has not; the list of messages; or something of
which nothing is known but that it may hold a content."""

_SAME_FOR_STRINGS = {
    "string": True, "none": False, "mapping": False, "defined": True, "undefined": False,
    "iterable": True, "sequence": True, "number": False, "boolean": False,
}  # fmt: skip
_OF_EVERY_VALUE = frozenset({*dir(dict), *dir(list), *dir(str)})


class _Open(Exception):
    """The proof ends here."""


@dataclass
class Proof:
    """What contents have to keep to.

    None is empty, none has a word of ``absent`` in it, and where the template ``trims``, none
    begins or ends with white space.
    """

    absent: set[str] = field(default_factory=set)
    trims: bool = False

    def holds(self, content: str) -> bool:
        """Whether a content keeps to it."""
        if not content or any(word in content for word in self.absent):
            return False
        return not (self.trims and (content[0].isspace() or content[-1].isspace()))


def prove(source: str) -> Proof | None:
    """The conditions under which a template writes all conversations of the same roles alike.

    Args:
        source: the template, in Jinja.

    Returns:
        ``None`` where that is not shown.
    """
    from transformers.utils import chat_template_utils

    compiled: Any = getattr(chat_template_utils, "_compile_jinja_template", None)
    if compiled is None:
        return None
    try:
        tree = compiled(source).environment.parse(source)
        follower = _Follower()
        while follower.goes_over(tree):
            pass
    except _Open:
        return None
    except Exception:
        return None
    return follower.proof


class _Follower:
    """Follows contents through a program, until nothing new is learned of any name."""

    def __init__(self) -> None:
        self.proof = Proof()
        self._names: dict[str, Kind] = {"messages": "messages"}
        self._macros: dict[str, nodes.Macro] = {}
        self._written: list[Kind] = []

    def goes_over(self, tree: nodes.Template) -> bool:
        """Go over it once; whether names turned out to hold more than was known before."""
        before = dict(self._names)
        self._macros.update({macro.name: macro for macro in tree.find_all(nodes.Macro)})
        self._body(tree.body)
        return before != self._names

    def _learn(self, name: str, kind: Kind) -> None:
        known = self._names.get(name)
        self._names[name] = kind if known is None else _either(known, kind)

    # Statements

    def _body(self, body: list[nodes.Node]) -> None:
        for node in body:
            self._statement(node)

    def _statement(self, node: nodes.Node) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    self._write(self._kind(part))
            case nodes.If():
                self._choose(node)
            case nodes.For():
                self._loop(node)
            case nodes.Assign():
                self._assign(node.target, self._kind(node.node))
            case nodes.AssignBlock(filter=None):
                self._assign(node.target, self._inside(node.body))
            case nodes.Macro():
                for argument in node.args:
                    self._learn(argument.name, "fixed")
                self._learn(f"{node.name}()", self._inside(node.body))
            case nodes.CallBlock(call=nodes.Call(node=nodes.ExtensionAttribute(name=name))) if (
                name == "_generation_support"
            ):
                self._body(node.body)
            case nodes.Continue() | nodes.Break():
                pass
            case _:
                raise _Open

    def _write(self, kind: Kind) -> None:
        if kind not in ("fixed", "content", "joined"):
            raise _Open
        self._written.append(kind)

    def _inside(self, body: list[nodes.Node]) -> Kind:
        """What a body writes."""
        outside, self._written = self._written, []
        self._body(body)
        kind: Kind = "fixed" if all(one == "fixed" for one in self._written) else "joined"
        self._written = outside
        return kind

    def _assign(self, target: nodes.Node, kind: Kind) -> None:
        match target:
            case nodes.Name():
                self._learn(target.name, kind)
            case nodes.NSRef():
                self._learn(f"{target.name}.{target.attr}", kind)
            case _:
                if kind != "fixed":
                    raise _Open

    def _choose(self, node: nodes.If) -> None:
        for test, body in ((node.test, node.body), *((one.test, one.body) for one in node.elif_)):
            known = self._truth(test)
            if known is not False:
                self._body(body)
            if known is True:
                return
        self._body(node.else_)

    def _loop(self, node: nodes.For) -> None:
        kind = self._kind(node.iter)
        if node.recursive or kind not in ("fixed", "messages"):
            raise _Open
        self._assign(node.target, "fixed" if kind == "fixed" else "some")
        if node.test is not None:
            self._truth(node.test)
        self._body(node.body)
        self._body(node.else_)

    # Truth: what is known of a condition from the kinds alone

    def _truth(self, node: nodes.Node) -> bool | None:
        match node:
            case nodes.Not():
                known = self._truth(node.node)
                return None if known is None else not known
            case nodes.And() | nodes.Or():
                ends = isinstance(node, nodes.Or)
                left = self._truth(node.left)
                if left is ends:
                    return ends
                right = self._truth(node.right)
                return right if right is ends or left is not None else None
            case nodes.Test() if self._kind(node.node) in ("content", "joined"):
                self._kind(node)
                return _SAME_FOR_STRINGS.get(node.name)
            case nodes.Test() if node.name in ("defined", "none") and self._is_missing(node.node):
                return False
            case _:
                self._kind(node)
                return False if self._is_missing(node) else None

    def _is_missing(self, node: nodes.Node) -> bool:
        """Whether it asks a message for something beside role and content."""
        match node:
            case nodes.Getattr(attr=str(key)) | nodes.Getitem(arg=nodes.Const(value=str(key))):
                held = self._kind(node.node) in ("some", "messages")
                return held and key not in ("role", "content") and key not in _OF_EVERY_VALUE
            case _:
                return False

    # Expressions

    def _kind(self, node: nodes.Node | None) -> Kind:
        match node:
            case None | nodes.Const() | nodes.TemplateData():
                return "fixed"
            case nodes.Name():
                return self._names.get(node.name, "fixed")
            case nodes.Getattr() | nodes.Getitem():
                return self._item(node)
            case nodes.Call():
                return self._call(node)
            case nodes.Filter():
                return self._filter(node)
            case nodes.Test():
                self._fixed(*node.args)
                if node.name not in _SAME_FOR_STRINGS:
                    self._fixed(node.node)
                self._kind(node.node)
                return "fixed"
            case nodes.Add() | nodes.Concat():
                parts = node.nodes if isinstance(node, nodes.Concat) else [node.left, node.right]
                return self._joined(parts)
            case nodes.Compare():
                return self._compare(node)
            case nodes.Not():
                self._truth(node.node)
                return "fixed"
            case nodes.And() | nodes.Or():
                return _either(self._kind(node.left), self._kind(node.right))
            case nodes.CondExpr():
                known = self._truth(node.test)
                if known is not None:
                    return self._kind(node.expr1 if known else node.expr2)
                return _either(self._kind(node.expr1), self._kind(node.expr2))
            case _:
                # Arithmetic, lists and the like: of fixed parts alone.
                self._fixed(*node.iter_child_nodes())
                return "fixed"

    def _fixed(self, *parts: nodes.Node) -> None:
        if any(self._kind(part) != "fixed" for part in parts):
            raise _Open

    def _joined(self, parts: list[nodes.Expr]) -> Kind:
        kinds = {self._kind(part) for part in parts}
        if kinds == {"fixed"}:
            return "fixed"
        if kinds <= {"fixed", "content", "joined"}:
            return "joined"
        raise _Open

    def _item(self, node: nodes.Getattr | nodes.Getitem) -> Kind:
        if isinstance(node, nodes.Getattr):
            if isinstance(node.node, nodes.Name):
                if node.node.name == "loop" and node.attr in ("previtem", "nextitem"):
                    return "some"
                if (known := self._names.get(f"{node.node.name}.{node.attr}")) is not None:
                    return known
            return self._at(self._kind(node.node), node.attr)
        kind = self._kind(node.node)
        if isinstance(node.arg, nodes.Slice):
            self._fixed(*node.arg.iter_child_nodes())
            if kind not in ("fixed", "messages"):
                raise _Open
            return kind
        self._fixed(node.arg)
        if isinstance(node.arg, nodes.Const):
            return self._at(kind, node.arg.value)
        if isinstance(node.arg, nodes.Neg) and kind == "parts":
            return self._at(kind, -node.arg.node.value)  # pyright: ignore[reportAttributeAccessIssue]
        return "fixed" if kind == "fixed" else self._at(kind, None)

    def _at(self, kind: Kind, key: object) -> Kind:
        """What stands in something under a key; ``None`` where the key is not known."""
        if kind == "fixed":
            return "fixed"
        if kind == "parts":
            if key in (0, -1):
                return "content"  # nothing was split off
            raise _Open
        if kind in ("messages", "some"):
            if key == "content":
                return "content"
            if isinstance(key, str):
                if key in _OF_EVERY_VALUE:
                    raise _Open
                return "fixed"
            return "some"
        raise _Open

    def _call(self, node: nodes.Call) -> Kind:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise _Open
        arguments = [*node.args, *(pair.value for pair in node.kwargs)]
        match node.node:
            case nodes.Name(name="raise_exception"):
                return "fixed"  # whether it comes to that is for roles to decide
            case nodes.Name(name=name) if name in self._macros:
                macro = self._macros[name]
                for target, argument in zip(macro.args, node.args, strict=False):
                    self._learn(target.name, self._kind(argument))
                for pair in node.kwargs:
                    self._learn(pair.key, self._kind(pair.value))
                return self._names.get(f"{name}()", "fixed")
            case nodes.Getattr(node=held, attr=method):
                kind = self._kind(held)
                if kind == "content" or (kind == "joined" and method.endswith("strip")):
                    return self._method(kind, method, arguments)
                if kind in ("messages", "some") and method == "get" and arguments:
                    self._fixed(*arguments)
                    key = arguments[0]
                    if isinstance(key, nodes.Const) and isinstance(key.value, str):
                        return "content" if key.value == "content" else "fixed"
                if kind != "fixed":
                    raise _Open
            case _:
                self._fixed(node.node)
        self._fixed(*arguments)
        return "fixed"

    def _method(self, kind: Kind, method: str, arguments: list[nodes.Expr]) -> Kind:
        """What a method of a content gives."""
        values = [getattr(argument, "value", None) for argument in arguments]
        if not all(isinstance(value, str) for value in values):
            raise _Open
        words = [value for value in values if isinstance(value, str)]
        if method in ("strip", "lstrip", "rstrip") and not "".join(words).strip():
            self.proof.trims = True
            return kind
        if not words or not words[0]:
            raise _Open
        if method == "split" and len(words) == 1:
            self.proof.absent.add(words[0])
            return "parts"
        if method in ("startswith", "endswith") and len(words) == 1:
            self.proof.absent.add(words[0])
            return "fixed"
        if method == "replace" and len(words) == 2:
            self.proof.absent.add(words[0])
            return "content"
        raise _Open

    def _filter(self, node: nodes.Filter) -> Kind:
        self._fixed(*node.args, *(pair.value for pair in node.kwargs))
        kind, name = self._kind(node.node), node.name
        first = node.args[0] if node.args else None
        match kind, name:
            case ("fixed", _):
                return "fixed"
            case ("content" | "joined", "trim") if not node.args and not node.kwargs:
                self.proof.trims = True
                return kind
            case ("content" | "joined", "string" | "default"):
                return kind
            case ("messages" | "parts", "length" | "count"):
                return "fixed"
            case ("messages", "list" | "reverse"):
                return "messages"
            case ("messages", "first" | "last"):
                return "some"
            case ("parts", "first" | "last"):
                return "content"
            case ("messages", "selectattr" | "rejectattr"):
                if isinstance(first, nodes.Const) and first.value == "role":
                    return "messages"
        raise _Open

    def _compare(self, node: nodes.Compare) -> Kind:
        sides = [node.expr, *(operand.expr for operand in node.ops)]
        kinds = [self._kind(side) for side in sides]
        if all(kind == "fixed" for kind in kinds):
            return "fixed"
        if len(sides) != 2:
            raise _Open
        [operator] = [operand.op for operand in node.ops]
        left = getattr(sides[0], "value", None)
        asks = operator in ("in", "notin") and kinds[1] in ("content", "some")
        if asks and isinstance(left, str) and left:  # part of a text, or a key of a message
            self.proof.absent.add(left)
            return "fixed"
        if operator in ("eq", "ne") and sorted(kinds) == ["content", "fixed"]:
            other = sides[1 - kinds.index("content")]
            if isinstance(other, nodes.Const):
                if isinstance(other.value, str) and other.value:
                    self.proof.absent.add(other.value)
                return "fixed"
        raise _Open


def _either(one: Kind, other: Kind) -> Kind:
    """What is known of something that is one or the other."""
    if one == other:
        return one
    texts = ("fixed", "content", "joined")
    return "joined" if one in texts and other in texts else "some"
