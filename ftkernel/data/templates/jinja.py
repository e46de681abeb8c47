"""A prompt format as a chat template, saved with a tokenizer so that servers write the same text.

It knows ``enable_thinking`` and ``preserve_thinking``; where nobody says them, they are as in
training. Tools are refused: what writes them here is code. A chat template does not say where a
text is parted before it is tokenized, so tokens can differ where a word grows together with what
the format puts beside it.
"""

from typing import TYPE_CHECKING

from ftkernel.data.templates.spec import CONTENT, Pieces

if TYPE_CHECKING:
    from ftkernel.data.templates.named import NamedTemplate


def jinja(template: "NamedTemplate") -> str:
    """The source of a chat template that renders as ``template`` does where no tools are."""
    spec, answer = template.spec, template.answer
    lead = _quoted("".join((*answer.before, answer.open)))
    is_fused = spec.kind == "llama2"
    lines = [
        "{%- if tools %}{{ raise_exception('This chat template knows no tools.') }}{% endif -%}",
        "{%- set loop_messages = messages -%}",
        f"{{%- set system = {_quoted(template.default_system)} -%}}",
        "{%- if messages and messages[0]['role'] == 'system' -%}",
        "{%- set loop_messages = messages[1:] -%}",
        "{%- set system = messages[0]['content'] or system -%}",
        "{%- endif -%}",
        "{%- set ns = namespace(last=-1, asked=false) -%}",
        "{%- for message in loop_messages -%}",
        "{%- if message['role'] == 'user' %}{% set ns.last = loop.index0 %}{% endif -%}",
        "{%- endfor -%}",
        *_thinking(template),
        f"{{{{- {_quoted(''.join(template.texts(spec.prefix)))} -}}}}",
        f"{{%- set system = {_system(template)} if system else '' -%}}",
        "" if is_fused else "{{- system -}}",
        "{%- for message in loop_messages -%}",
        "{%- set content = message['content'] or '' -%}",
        "{%- if (message['role'] == 'assistant') != ns.asked or message['tool_calls']"
        " or message['role'] not in ['user', 'assistant'] -%}",
        "{{- raise_exception('Questions and answers have to alternate, without tools.') -}}",
        "{%- endif -%}",
        "{%- set ns.asked = not ns.asked -%}",
        "{%- if message['role'] == 'user' -%}",
        "{%- if loop.first %}{% set content = system + content %}{% endif -%}" if is_fused else "",
        f"{{{{- {_said(template, spec.user, 'content')} -}}}}",
        "{%- else -%}",
        *(_thought(template) if spec.thinks else ["{%- set thought = '' -%}"]),
        f"{{{{- {lead} + thought + content + {_quoted(answer.closing)} -}}}}",
        *_unended(template),
        "{%- endif -%}",
        "{%- endfor -%}",
        *_asked(template, lead),
    ]
    return "\n".join(line for line in lines if line)


def _thinking(template: "NamedTemplate") -> list[str]:
    if not template.spec.thinks:
        return []
    return [
        f"{{%- set thinking = enable_thinking if enable_thinking is defined and "
        f"enable_thinking is not none else {_bool(template.thoughts.thinking)} -%}}",
        f"{{%- set preserved = preserve_thinking if preserve_thinking is defined and "
        f"preserve_thinking is not none else {_bool(template.thoughts.preserved)} -%}}",
    ]


def _thought(template: "NamedTemplate") -> list[str]:
    begin, end = map(_quoted, template.spec.thought)
    word, last_word = (_quoted(text.strip()) for text in template.spec.thought)
    empty = _quoted(template.spec.empty_thought)
    return [
        "{%- set shown = preserved or loop.index0 > ns.last -%}",
        f"{{%- set thought = {empty} if shown else {_quoted(template.spec.forgotten)} -%}}",
        "{%- if thinking and shown -%}",
        "{%- if message['reasoning_content'] -%}",
        f"{{%- set thought = {begin} + message['reasoning_content'] + {end} -%}}",
        f"{{%- elif {word} in content or {last_word} in content -%}}",
        "{%- set thought = '' -%}",
        "{%- endif -%}",
        f"{{%- elif {last_word} in content -%}}",
        f"{{%- set content = content.split({last_word})[-1].lstrip('\\n') -%}}",
        "{%- endif -%}",
    ]


def _unended(template: "NamedTemplate") -> list[str]:
    """What ends an answer where nothing of its own does."""
    if template.answer.closing.strip():
        return []
    last, closed = _quoted(template.eos), _quoted(template.spec.closed)
    return [f"{{{{- {last} if loop.last and not add_generation_prompt else {closed} -}}}}"]


def _system(template: "NamedTemplate") -> str:
    spec = template.spec
    said = _said(template, spec.system, "system")
    if not spec.thinking_sign:
        return said
    return f"({said} if thinking else {_said(template, spec.system_where(False), 'system')})"


def _asked(template: "NamedTemplate", lead: str) -> list[str]:
    """What an answer is asked for with."""
    empty = _quoted(template.spec.empty_thought)
    if template.answer.is_asked:
        says = f"{lead} + ('' if thinking else {empty})" if template.spec.thinks else lead
    elif template.spec.thinks:
        says = f"'' if thinking else {lead} + {empty}"
    else:
        return []
    return [f"{{%- if add_generation_prompt %}}{{{{ {says} }}}}{{% endif -%}}"]


def _said(template: "NamedTemplate", pieces: Pieces, name: str) -> str:
    """An expression for pieces with a variable in the place of their content."""
    parts = "".join(template.texts(pieces)).partition(CONTENT)
    return " + ".join(name if part == CONTENT else _quoted(part) for part in parts if part)


def _quoted(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return f"'{text}'"


def _bool(value: bool) -> str:
    return str(value).lower()
