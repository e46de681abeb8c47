"""Every text exists in both languages with the same fields, is used, and every code used is a text."""

import ast
import re
import string
from pathlib import Path

import ftkernel
from ftkernel import messages
from ftkernel.messages import tables
from ftkernel.runs.events import EVENTS

PACKAGE = Path(ftkernel.__file__).parent
TABLES = Path(tables.__path__[0])
CODE = re.compile(r"[a-z]+(\.[a-z0-9_]+){1,3}")
ROOMS = {code.split(".")[0] for code in messages.all_texts()}

# Not codes of messages, though they look like them: modules, files, attributes, failpoints.
ENDINGS = (
    ".json",
    ".jsonl",
    ".py",
    ".yaml",
    ".txt",
    ".png",
    ".html",
    ".lock",
    ".log",
    ".bin",
    ".md",
    ".safetensors",
    ".parquet",
    ".csv",
    ".jinja",
    ".model",
    ".ipynb",
    ".tmp",
)


def fields(pattern: str) -> set[str]:
    names = {name for _, name, _, _ in string.Formatter().parse(pattern) if name}
    return {re.sub("_(en|zh)$", "", name) for name in names}


def test_a_text_says_the_same_in_both_languages():
    for code, entry in messages.all_texts().items():
        assert entry.en, code
        assert entry.zh, code
        assert bool(entry.hint_en) == bool(entry.hint_zh), code
        assert fields(entry.en) == fields(entry.zh), code
        assert fields(entry.hint_en) == fields(entry.hint_zh), code
        assert len(entry.en.splitlines()) <= 2, code
        assert entry.en == entry.en.strip("\n"), code


def test_a_chinese_text_is_chinese():
    for code, entry in messages.all_texts().items():
        words = re.sub(r"\{[^}]*\}|`[^`]*`|[“'\"][^”'\"]*[”'\"]", "", entry.en)
        if len(re.findall("[A-Za-z]{2,}", words)) >= 3:
            assert re.search("[\u4e00-\u9fff]", entry.zh), (code, entry.zh)


def python_files() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(TABLES)]


def literals(path: Path) -> set[str]:
    """The string literals of a module without its docstrings; f-strings with ``*`` for their values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            parts = [v.value if isinstance(v, ast.Constant) else "*" for v in node.values]
            out.add("".join(str(part) for part in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            out |= {node.value} if id(node) not in skipped else set()
    return out


def raised(path: Path) -> dict[str, int]:
    """The codes that a module passes to an error, a text, a note or an event by name, with their lines."""
    out: dict[str, int] = {}
    names = {"FtError", "Halt", "Note", "Adjusted", "Warned", "text", "hint", "Rule", "Refused"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "code")]
        for value in given:
            if (
                name in names
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and CODE.fullmatch(value.value)
            ):
                out[value.value] = node.lineno
    return out


def front_end_literals() -> set[str]:
    """The codes that the front end shows, with ``*`` for the values in its template strings."""
    sources = PACKAGE.parent / "labextension" / "src"
    room = r"live|chat_panel|preview_panel|lab_[a-z]+"
    code = re.compile(rf"""["`]((?:{room})\.(?:[a-z0-9_.A-Z]|\$\{{[^}}]*\}})+)["`]""")
    found = {
        literal
        for path in sources.rglob("*.ts")
        for literal in code.findall(path.read_text(encoding="utf-8"))
    }
    return {re.sub(r"\$\{[^}]*\}", "*", literal) for literal in found}


def is_module(name: str) -> bool:
    path = PACKAGE.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def failpoint_names() -> set[str]:
    """The names of places where a test may kill a worker look like codes, and are none."""
    return literals(PACKAGE / "runs" / "failpoints.py")


def test_every_code_that_is_raised_has_a_text():
    known = messages.all_texts()
    missing = [
        f"{path.relative_to(PACKAGE)}:{line} {code}"
        for path in python_files()
        for code, line in raised(path).items()
        if code not in known
    ]
    assert missing == []


def test_every_literal_that_looks_like_a_code_of_a_room_is_one():
    known = messages.all_texts()
    others = {event.KIND for event in EVENTS} | set(failpoint_names())
    odd = {
        f"{path.relative_to(PACKAGE)}: {literal}"
        for path in python_files()
        for literal in literals(path)
        if CODE.fullmatch(literal)
        and literal.split(".")[0] in ROOMS
        and literal not in known
        and literal not in others
        and not is_module(literal)
        and not literal.endswith(ENDINGS)
    }
    assert sorted(odd) == []


def test_every_text_is_used():
    written = set().union(front_end_literals(), *(literals(path) for path in python_files()))
    patterns = [
        re.compile(re.escape(text).replace(r"\*", "[A-Za-z0-9_]+"))
        for text in written
        if "*" in text and text.split(".")[0] in ROOMS
    ]
    unused = [
        code
        for code in messages.all_texts()
        if code not in written and not any(p.fullmatch(code) for p in patterns)
    ]
    assert unused == []


def test_a_value_of_a_text_is_never_too_long():
    shown = messages.text("recipe.not_str", {"name": "run_name", "value": "x" * 10_000}, "en")
    assert len(shown) < 400


def test_a_missing_field_shows_its_name_and_a_wrong_format_its_value():
    assert "{name}" in messages.text("recipe.unknown_key", {}, "en")
    shown = messages.text(
        "recipe.model_truncated", {"file": "f", "size": "?", "needed": None}, "en"
    )
    assert shown == "The model file f is cut off: it has ? bytes and needs None."


def test_one_thing_is_told_from_many():
    shown = [messages.text("data.turns_dropped", {"count": count}, "en") for count in (1, 2)]
    assert shown == [
        "1 row is longer than cutoff_len and lost the oldest turns.",
        "2 rows are longer than cutoff_len and lost the oldest turns.",
    ]


# Always many: limits of a model, names and bytes beyond a bound.
MANY = {"span", "limit", "tokens:,", "room:,", "limit:,", "actual:,", "size:,", "length"}
NOUN = re.compile(
    r"\{([a-z_]+(?::,)?)\} (?:rows|steps|tokens|files|entries|prompts|cells|processors|examples"
    r"|measurements|checkpoints|epochs|columns|models|layers|bytes|seconds)\b"
)


def test_one_of_a_thing_is_said_as_one():
    for code, entry in messages.all_texts().items():
        if code.startswith("chat_panel."):  # filled in by the front end
            continue
        for pattern in (entry.en, entry.hint_en or ""):
            assert set(NOUN.findall(pattern)) <= MANY, (code, pattern)
    written = messages.text("api.variable_written", {"rows": 1, "name": "df", "path": "p"})
    assert written.startswith("1 row of $df is written to p")
    assert "2 rows of $df are" in messages.text(
        "api.variable_written", {"rows": 2, "name": "df", "path": "p"}
    )
    assert messages.text("views.proof.size_of", {"size": "1 MB", "files": "1"}) == "1 MB in 1 file"
