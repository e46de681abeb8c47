"""Whatever a row holds, it says something or is refused with a reason: nothing else is raised."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ftkernel.data.conversation import ReadOptions, read_row
from ftkernel.data.fit import FORMS
from ftkernel.data.formats.names import PARTS
from ftkernel.data.forms import KINDS, Asked, find_form
from ftkernel.data.rows import Row
from ftkernel.errors import FtError
from tests.unit.data.test_broken_rows import BROKEN

SOUND = list({str(row): row for row, _, _ in BROKEN}.values())
NAMES = st.sampled_from(
    [*PARTS, "instruction", "input", "output", "conversations", "label", "answer", "image"]
)
KEYS = st.sampled_from(
    ["role", "from", "content", "value", "type", "text", "image_url", "tool_calls", "function_call", "function",
     "name", "arguments", "weight", "train", "score", "response", "messages", "a"]
)  # fmt: skip
TEXTS = st.sampled_from(
    ["", " ", "user", "assistant", "gpt", "human", "function_call", "tool", "system", "<image>", "{{name}}", "[", "{}",
     '[{"role": "user", "content": "Hi"}]', '{"name": "add"}', "\ud800", "true", "1", "Hi there"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | TEXTS | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(
    like=st.sampled_from(SOUND),
    changed=st.dictionaries(NAMES, VALUES, max_size=4),
    first=st.booleans(),
    formatting=st.sampled_from([None, None, *KINDS]),
    stage=st.sampled_from([None, None, *FORMS]),
    system=st.sampled_from([None, "s"]),
)
def test_any_row_is_read_or_refused(like, changed, first, formatting, stage, system):
    row = Row({**like, **changed}, "rows.jsonl", 2)
    options = ReadOptions(default_system=system, stage=stage, values={"name": "Bo"})
    said = []
    try:
        form = find_form(
            [row if first else Row(like, "rows.jsonl", 1)],
            "rows.jsonl",
            Asked(formatting, stage=stage),
        )
        content = read_row(row, form, options)
    except FtError as error:
        said = [line for language in ("en", "zh") for line in error.lines(language)]
    else:
        assert form.text
        assert content.characters >= 0
    assert not any(line.startswith("data.") or "{source}" in line for line in said)
