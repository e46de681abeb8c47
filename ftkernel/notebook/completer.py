"""Tab in our cells: the shell's own completer is asked last, and only about what is not ours.

Both IPython 7.34 and 9 answer ``complete_request`` through ``shell.Completer.completions``, so that
one method of that one object is wrapped; a cell of Python goes through it untouched. JupyterLab
shows an offer's ``type`` beside it and nothing else of it, so the kind and a note stand there; the
sentence of help is the offer's ``signature``, and what the kernel answers to an inspection, which
is Shift+Tab and the panel beside the offers.
"""

import functools
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ftkernel.notebook import namespace

if TYPE_CHECKING:
    from IPython.core.completer import Completion as Offer
    from IPython.core.interactiveshell import InteractiveShell

_SIGN = "%"
_NO_BREAKS = {ord(" "): "\N{NO-BREAK SPACE}", ord("-"): "\N{NON-BREAKING HYPHEN}"}

_active: "weakref.WeakSet[Callable[..., Any]]" = weakref.WeakSet()
_installed: "weakref.WeakKeyDictionary[Any, dict[str, tuple[Callable[..., Any], object]]]" = (
    weakref.WeakKeyDictionary()
)
"""By the object and the method's name: our wrapper, and what the object itself had there before."""


def install(shell: "InteractiveShell") -> None:
    """Wrap the completer, and the kernel's answer to inspections; once, however often asked."""
    uninstall(shell)
    _wrap(shell.Completer, "completions", functools.partial(_completions, weakref.ref(shell)))
    kernel = getattr(shell, "kernel", None)
    if kernel is not None and hasattr(kernel, "do_inspect"):
        _wrap(kernel, "do_inspect", _inspection)


def uninstall(shell: "InteractiveShell") -> None:
    """Take the wrappers away."""
    _unwrap(shell.Completer, "completions")
    if (kernel := getattr(shell, "kernel", None)) is not None:
        _unwrap(kernel, "do_inspect")


def _wrap(owner: object, name: str, ours: Callable[..., Any]) -> None:
    before = getattr(owner, name)

    @functools.wraps(before)
    def wrapper(*given: object, **named: object) -> object:
        if wrapper not in _active:  # taken away while somebody else's wrapper still holds it
            return before(*given, **named)
        return ours(before, *given, **named)

    _active.add(wrapper)
    _installed.setdefault(owner, {})[name] = (wrapper, owner.__dict__.get(name))
    setattr(owner, name, wrapper)


def _unwrap(owner: object, name: str) -> None:
    """Give the method back as it was; a wrapper that somebody wrapped again falls silent."""
    wrapper, own_before = _installed.get(owner, {}).pop(name, (None, None))
    if wrapper is None:
        return
    _active.discard(wrapper)
    if owner.__dict__.get(name) is not wrapper:
        return
    if own_before is None:
        delattr(owner, name)
    else:
        setattr(owner, name, own_before)


def _completions(
    shell: "weakref.ref[InteractiveShell]",
    before: Callable[[str, int], "Iterator[Offer]"],
    text: str,
    offset: int,
) -> "Iterator[Offer]":
    found = _found(shell, text, offset) if _SIGN in text else None
    return before(text, offset) if found is None else iter(found)


def _found(shell: "weakref.ref[InteractiveShell]", text: str, offset: int) -> "list[Offer] | None":
    """Our offers as IPython's; a fault of ours is in the log, and offers nothing."""
    from IPython.core.completer import Completion as Offer

    from ftkernel import completion
    from ftkernel.api import config
    from ftkernel.subcommands.boundary import write_trace

    try:
        config.apply(say=False)
        here = shell()
        variables = namespace.variables(here) if here is not None else {}
        found = completion.complete(text, offset, completion.Surroundings(variables))
        if found is None:
            return None
        return [
            Offer(
                found.start,
                found.end,
                item.text,
                type=_type(item.kind, item.note),
                signature=item.help,
                _origin="ftkernel",
            )
            for item in found.items
        ]
    except Exception as error:
        write_trace(error)
        return []


def _type(kind: str, note: str) -> str:
    """What JupyterLab shows beside an offer, in a column that breaks wherever it may."""
    return f"{kind} · {note}".translate(_NO_BREAKS) if note else kind


def _inspection(
    before: Callable[..., dict[str, Any]],
    code: str,
    cursor_pos: int,
    *given: object,
    **named: object,
) -> dict[str, Any]:
    from ftkernel import completion
    from ftkernel.subcommands.boundary import write_trace

    try:
        text = completion.explain(code, cursor_pos) if _SIGN in code else None
    except Exception as error:
        write_trace(error)
        text = None
    if text is None:
        return before(code, cursor_pos, *given, **named)
    return {"status": "ok", "found": True, "data": {"text/plain": text}, "metadata": {}}
