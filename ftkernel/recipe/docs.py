"""The recipe's keys as a page of Markdown, made from their declarations and from nothing else."""

from ftkernel.recipe.key import Key
from ftkernel.recipe.registry import GROUPS, KEYS
from ftkernel.recipe.showing import as_yaml, range_text

_HEADINGS = {
    "en": ("Recipe keys", "key", "value", "default", "what it does"),
    "zh": ("配方的键", "键", "取值", "默认值", "作用"),
}


def keys_markdown(lang: str = "en") -> str:
    """All keys by group, as tables; the names of those not available yet as one list."""
    title, *columns = _HEADINGS["zh" if lang == "zh" else "en"]
    parts = [f"# {title}", ""]
    for group, (english, chinese) in GROUPS.items():
        keys = [key for key in KEYS.values() if key.group == group]
        parts += [f"## {chinese if lang == 'zh' else english}", ""]
        if group == "later":
            parts += [", ".join(f"`{key.name}`" for key in keys), ""]
            continue
        parts += ["| " + " | ".join(columns) + " |", "|---|---|---|---|"]
        parts += [_row(key, lang) for key in keys]
        parts.append("")
    return "\n".join(parts)


def _row(key: Key, lang: str) -> str:
    names = ", ".join(f"`{name}`" for name in (key.name, *key.aliases))
    chinese = lang == "zh"
    text = key.zh if chinese else key.en
    if key.status == "translated":
        text += f" → `{key.becomes}`"
    elif key.status == "ours":
        text += " " + (key.reason_zh if chinese else key.reason_en)
    return f"| {names} | {_value(key)} | {_default(key, chinese)} | {_cell(text)} |"


def _value(key: Key) -> str:
    if key.choices:
        return ", ".join(f"`{as_yaml(choice)}`" for choice in key.choices)
    bounded = any(bound is not None for bound in (key.ge, key.gt, key.le, key.lt))
    return f"{key.kind}, {range_text(key)}" if bounded else key.kind


def _default(key: Key, chinese: bool) -> str:
    if key.default is None:
        return _cell(key.auto_zh if chinese else key.auto_en)
    shown = as_yaml(key.default)
    return f"`{shown}`" if shown else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
