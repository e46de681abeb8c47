"""Tool formats as parts of chat templates: what is told of tools, and how answers call them.

Each part sets a variable, ``told`` or ``calls``, to what :mod:`ftkernel.data.templates.tools`
writes, for all 13 formats. Arguments may come as a mapping or, as OpenAI's clients send them, as
JSON text. Formats that write arguments one by one cannot look into such a text and refuse it.
"""

import itertools
import re
from collections.abc import Callable, Iterable

from ftkernel.data.templates.tools import FIXED_DATE
from ftkernel.data.templates.tools.calls import WRITERS, InXml
from ftkernel.data.templates.tools.definitions import prompts

_FIELD = re.compile(r"\{(tools|names|date|name|description|arguments|json|key|value)\}")
_BARE = "tool['function'] if tool['type'] == 'function' and tool['function'] is defined else tool"
_SHAPES = {
    "bare": "bare",
    "wrapped": "(tool if tool['type'] == 'function' else {'type': 'function', 'function': tool})",
    "as_given": "tool",
}
_ONLY_MAPPINGS = (
    "This tool format writes arguments one by one: give them as a mapping, not as text."
)
_ONLY_ONE = "This tool format can say one call at a time."


def quoted(text: str) -> str:
    """A text as an expression of a template."""
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return f"'{text}'"


def told_in(form: str, listed_in: str = "") -> list[str]:
    """Lines that set ``told`` to what is said of ``tools``; they are not empty there.

    Args:
        form: a tool format.
        listed_in: what stands around the JSON list of tools, ``{content}`` for it, in its place.
    """
    if listed_in:
        before, _, after = listed_in.partition("{content}")
        body = [_out(quoted(before)), *_list(_SHAPES["as_given"]), _out(quoted(after))]
    elif form == "gemma4":
        body = _each(["{%- if not loop.first %}{{ '\\n' }}{% endif -%}", *_GEMMA_DECLARATION])
    else:
        entry = prompts()[form]
        if form == "default":
            told = _each(_filled(entry["each"], _DEFAULT_FIELDS))
        elif entry.get("listed"):
            told = _list(_SHAPES[entry["form"]])
        else:
            indent = f"(indent={entry['indent']})" if entry.get("indent") else ""
            json = f"({_SHAPES[entry['form']]}) | tojson{indent}"
            name = f"({_SHAPES[entry['form']]})['name']"
            told = _each(_filled(entry["each"], {"json": [_out(json)], "name": [_out(name)]}))
        names = _each(["{%- if not loop.first %}{{ ', ' }}{% endif -%}", _out("bare['name']")])
        fields = {"tools": told, "names": names, "date": [_out(quoted(FIXED_DATE))]}
        body = _filled(entry["prompt"], fields)
    return ["{%- set told -%}", *body, "{%- endset -%}"]


def calls_in(form: str) -> list[str]:
    """Lines that set ``calls`` to how the calls of ``message`` are written."""
    writer = WRITERS[form]
    body = _xml(writer) if isinstance(writer, InXml) else _WRITTEN[form]()
    return ["{%- set calls -%}", *body, "{%- endset -%}"]


def macros_of(form: str) -> list[str]:
    """Macros that the lines of a format need, to stand before all else."""
    return _GEMMA_MACROS if form == "gemma4" else []


def _out(expression: str) -> str:
    return f"{{{{- {expression} -}}}}"


def _filled(pattern: str, fields: dict[str, list[str]]) -> list[str]:
    """A pattern with lines in the place of its fields."""
    out: list[str] = []
    for number, part in enumerate(_FIELD.split(pattern)):
        if number % 2 == 0:
            out += [_out(quoted(part))] if part else []
        elif part in fields:
            out += fields[part]
        else:
            out.append(_out(quoted(f"{{{part}}}")))
    return out


def _each(lines: Iterable[str]) -> list[str]:
    """Lines for each tool; ``bare`` is the tool without OpenAI's wrapper."""
    return ["{%- for tool in tools -%}", f"{{%- set bare = {_BARE} -%}}", *lines, "{%- endfor -%}"]


def _list(shape: str) -> list[str]:
    between = "{%- if not loop.first %}{{ ', ' }}{% endif -%}"
    return ["{{- '[' -}}", *_each([between, _out(f"({shape}) | tojson")]), "{{- ']' -}}"]


_DEFAULT_FIELDS = {
    "name": [_out("bare['name']")],
    "description": [_out("bare.get('description', '')")],
    "arguments": [
        "{%- set parameters = bare.get('parameters') or {} -%}",
        "{%- set required = parameters.get('required') or [] -%}",
        "{%- for key, about in (parameters.get('properties') or {}).items() -%}",
        "{{- '  - ' ~ key ~ ' (' ~ about.get('type', '') -}}",
        "{{- (', required' if key in required else '') ~ '): ' -}}",
        "{{- about.get('description', '') -}}",
        "{%- if about.get('enum') %}"
        "{{ ', should be one of [' ~ about.get('enum') | join(', ') ~ ']' }}{% endif -%}",
        "{%- if about.get('items') %}"
        "{{ ', where each item should be ' ~ about.get('items').get('type', '') }}{% endif -%}",
        "{{- '\\n' -}}",
        "{%- endfor -%}",
    ],
}

# Calls.


def _for_calls(lines: Iterable[str], between: str) -> list[str]:
    """Lines for each call; ``name`` and ``args`` are what it calls with, ``json`` that as JSON."""
    parted = f"{{%- if not loop.first %}}{{{{ {quoted(between)} }}}}{{% endif -%}}"
    return [
        "{%- for call in message['tool_calls'] -%}",
        *([parted] if between else []),
        "{%- set called = call['function'] if call['function'] is defined else call -%}",
        "{%- set name, args = called['name'], called['arguments'] -%}",
        "{%- set json = args if args is string else args | tojson -%}",
        *lines,
        "{%- endfor -%}",
    ]


def _objects(word: str) -> str:
    return _out(f"'{{\"name\": ' ~ name | tojson ~ ', \"{word}\": ' ~ json ~ '}}'")


def _refused(message: str, condition: str) -> str:
    return f"{{%- if {condition} %}}{{{{ raise_exception({quoted(message)}) }}}}{{% endif -%}}"


_ONE_BY_ONE = _refused(_ONLY_MAPPINGS, "args is string")
_SEVERAL = "message['tool_calls'] | length > 1"


def _tagged() -> list[str]:
    line = [_out("'<tool_call>\\n'"), _objects("arguments"), _out("'\\n</tool_call>'")]
    return _for_calls(line, "\n")


def _as_name_and_json() -> list[str]:
    return [_refused(_ONLY_ONE, _SEVERAL), *_for_calls([_out("name ~ '\\n' ~ json")], "")]


def _as_parameters() -> list[str]:
    opened, closed = (f"{{%- if {_SEVERAL} %}}{{{{ '{b}' }}}}{{% endif -%}}" for b in "[]")
    return [opened, *_for_calls([_objects("parameters")], ", "), closed]


def _as_python() -> list[str]:
    arguments = [
        _ONE_BY_ONE,
        _out("name ~ '('"),
        "{%- for key, value in args.items() -%}",
        "{{- (', ' if not loop.first else '') ~ key ~ '=' ~ value | tojson -}}",
        "{%- endfor -%}",
        _out("')'"),
    ]
    begin, end = _out("'<|tool_call_start|>['"), _out("']<|tool_call_end|>'")
    return [begin, *_for_calls(arguments, ", "), end]


def _in_gemma_words() -> list[str]:
    return _for_calls(
        [
            _out("'<|tool_call>call:' ~ name"),
            "{%- if args is mapping %}{{ gemma_value(args) }}"
            "{% else %}{{ '{' ~ args ~ '}' }}{% endif -%}",
            _out("'<tool_call|>'"),
        ],
        "",
    )


def _xml(writer: InXml) -> list[str]:
    written = _out("value if value is string else value | tojson")
    argument = _filled(writer.argument, {"key": [_out("key")], "value": [written]})
    lines = [
        _ONE_BY_ONE,
        *_filled(writer.open, {"name": [_out("name")]}),
        "{%- for key, value in args.items() -%}",
        *argument,
        "{%- endfor -%}",
        _out(quoted(writer.close)),
    ]
    before, after = (([_out(quoted(text))] if text else []) for text in writer.around)
    return list(itertools.chain(before, _for_calls(lines, writer.between), after))


_WRITTEN: dict[str, Callable[[], list[str]]] = {
    "default": lambda: _for_calls([_out("'Action: ' ~ name ~ '\\nAction Input: ' ~ json")], "\n"),
    "gemma4": _in_gemma_words,
    "glm4": _as_name_and_json,
    "lfm2": _as_python,
    "ling": _tagged,
    "llama3": _as_parameters,
    "minimax1": lambda: [
        _out("'<tool_calls>\\n'"),
        *_for_calls([_objects("arguments")], "\n"),
        _out("'\\n</tool_calls>'"),
    ],
    "mistral": lambda: [_out("'['"), *_for_calls([_objects("arguments")], ", "), _out("']'")],
    "qwen": _tagged,
}

# Gemma 4 has words of its own for JSON.

_GEMMA_MACROS = [
    "{%- macro gemma_text(text) %}{{ '<|\"|>' ~ text ~ '<|\"|>' }}{% endmacro -%}",
    "{%- macro gemma_value(value) -%}",
    "{%- if value is string %}{{ gemma_text(value) }}",
    "{%- elif value is mapping %}{{ '{' }}",
    "{%- for key, one in value | dictsort(true) -%}",
    "{{- (',' if not loop.first else '') ~ key ~ ':' ~ gemma_value(one) -}}",
    "{%- endfor %}{{ '}' }}",
    "{%- elif value is none or value is sameas true or value is sameas false -%}",
    "{{- value | tojson -}}",
    "{%- elif value is iterable %}{{ '[' }}",
    "{%- for one in value %}{{ (',' if not loop.first else '') ~ gemma_value(one) }}{% endfor -%}",
    "{{- ']' }}",
    "{%- else %}{{ value }}{% endif -%}",
    "{%- endmacro -%}",
    "{%- macro gemma_about(text, kind) -%}",
    "{{- '{' -}}",
    "{%- if text %}{{ 'description:' ~ gemma_text(text) ~ (',' if kind else '') }}{% endif -%}",
    "{%- if kind %}{{ 'type:' ~ gemma_text(kind) }}{% endif -%}",
    "{{- '}' -}}",
    "{%- endmacro -%}",
]
_GEMMA_DECLARATION = [
    "{{- 'declaration:' ~ bare['name'] ~ '{description:' ~ gemma_text(bare.get('description', ''))"
    " -}}",
    "{%- set schema = bare.get('parameters') -%}",
    "{%- if schema %}{{ ',parameters:{' }}",
    "{%- set properties, required = schema.get('properties'), schema.get('required') -%}",
    "{%- if properties %}{{ 'properties:{' }}",
    "{%- for key, about in properties.items() -%}",
    "{{- (',' if not loop.first else '') ~ key ~ ':' -}}",
    "{{- gemma_about(about.get('description'), (about.get('type') or '') | string | upper) -}}",
    "{%- endfor %}{{ '}' }}{% endif -%}",
    "{%- if required %}{{ (',' if properties else '') ~ 'required:[' }}",
    "{%- for one in required %}{{ (',' if not loop.first else '') ~ gemma_text(one) }}",
    "{%- endfor %}{{ ']' }}{% endif -%}",
    "{%- if schema.get('type') -%}",
    "{{- (',' if properties or required else '') ~ 'type:' -}}",
    "{{- gemma_text(schema.get('type') | string | upper) -}}",
    "{%- endif %}{{ '}' }}{% endif -%}",
    "{%- set reply = bare.get('response') -%}",
    "{%- if reply -%}",
    "{%- set kind = reply.get('type', '') | string | upper -%}",
    "{%- set shown = kind if kind == 'OBJECT' else '' -%}",
    "{{- ',response:' ~ gemma_about(reply.get('description'), shown) -}}",
    "{%- endif %}{{ '}' }}",
]


def with_tools_spelled(source: str, form: str) -> str:
    """A chat template before which tools become text, as :mod:`ftkernel.data.tool_text` does it.

    Args:
        source: of a chat template that writes no tools, or is not to.
        form: a tool format.
    """
    merged = "{'role': 'user', 'content': ns.out[-1]['content'] ~ '\\n' ~ message['content']}"
    told = "ns.out[0]['content'] ~ told"
    lines = [
        _SPELLED,
        *macros_of(form),
        "{%- set ns = namespace(out=[], called=false, gave=false) -%}",
        "{%- for message in messages -%}",
        "{%- if message['role'] == 'tool' or message['tool_calls'] -%}",
        "{%- set ns.called = true -%}",
        "{%- endif -%}",
        "{%- endfor -%}",
        "{%- if tools or ns.called -%}",
        "{%- for message in messages -%}",
        "{%- if message['role'] == 'tool' -%}",
        f"{{%- set ns.out = ns.out[:-1] + [{merged}] if ns.gave"
        " else ns.out + [{'role': 'user', 'content': message['content']}] -%}",
        "{%- elif message['tool_calls'] -%}",
        *calls_in(form),
        "{%- set said = (message['content'] ~ '\\n' if message['content'] else '') ~ calls -%}",
        "{%- set one = {'role': message['role'], 'content': said} -%}",
        "{%- if message['reasoning_content'] -%}",
        "{%- set one = dict(one, reasoning_content=message['reasoning_content']) -%}",
        "{%- endif -%}",
        "{%- set ns.out = ns.out + [one] -%}",
        "{%- else -%}",
        "{%- set ns.out = ns.out + [message] -%}",
        "{%- endif -%}",
        "{%- set ns.gave = message['role'] == 'tool' -%}",
        "{%- endfor -%}",
        "{%- if tools -%}",
        *told_in(form),
        "{%- if ns.out and ns.out[0]['role'] == 'system' -%}",
        f"{{%- set ns.out = [dict(ns.out[0], content={told})] + ns.out[1:] -%}}",
        "{%- else -%}",
        "{%- set ns.out = [{'role': 'system', 'content': told.lstrip('\\n')}] + ns.out -%}",
        "{%- endif -%}",
        "{%- endif -%}",
        "{%- set messages, tools = ns.out, none -%}",
        "{%- endif -%}",
    ]
    # What is done already is not done again: messages have no tools any more.
    return source if source.startswith(_SPELLED) else "\n".join([*lines, "{{- '' }}"]) + source


_SPELLED = "{#- Tools are written as text, as they were learned. -#}"
