"""Which stage learns from which rows, and what to write where they do not fit."""

from ftkernel.data.content import (
    Completion,
    Content,
    Conversation,
    Feedback,
    Preference,
    Prompt,
    Text,
    Turns,
)
from ftkernel.data.forms import Form, Kind
from ftkernel.data.rows import RowFault
from ftkernel.errors import FtError, Where

ANSWERED: tuple[Kind, ...] = ("alpaca", "sharegpt", "openai", "completion")
"""Forms of a question with its answer."""

ANSWERING = ("ppo", "grpo")
"""Stages that make the answers themselves."""

FORMS: dict[str, tuple[Kind, ...]] = {
    "sft": (*ANSWERED, "text"),
    "pt": ("text", "prompt"),
    "rm": ("preference",),
    "dpo": ("preference",),
    "kto": ("kto",),
    "ppo": (*ANSWERED, "prompt", "preference", "kto"),
    "grpo": (*ANSWERED, "prompt", "preference", "kto"),
}
"""The forms that each stage learns from."""

_REFUSALS = {
    "sft": "data.stage_sft", "pt": "data.stage_pt", "rm": "data.stage_pairs",
    "dpo": "data.stage_pairs", "kto": "data.stage_kto", "ppo": "data.stage_prompts",
    "grpo": "data.stage_prompts",
}  # fmt: skip


def check_stage(form: Form, stage: str, source: str, where: Where | None = None) -> None:
    """Refuse rows that a stage cannot learn from, whatever single ones say.

    Raises:
        FtError: naming the stage, the form, and what to write instead.
    """
    taken = FORMS.get(stage)
    if taken is None or form.kind in taken:
        return
    raise FtError(
        _REFUSALS[stage],
        where=where,
        source=source,
        stage=stage,
        form=form.text,
        fits=[name for name, kinds in FORMS.items() if form.kind in kinds],
    )


def fit(content: Content, stage: str) -> Content:
    """What a stage learns of a content: mostly the content itself.

    A stage that answers itself (``ppo``, ``grpo``) takes the prompt of anything that has one: a
    conversation without its last answer, a pair or a verdict without the answers. ``pt`` takes
    text, and a prompt that stands alone as text, which is how dataset_info.json names it.

    Raises:
        RowFault: if the stage can learn nothing from it.
    """
    if stage == "sft" and isinstance(content, Conversation | Completion | Text):
        return content
    if stage in ("rm", "dpo") and isinstance(content, Preference):
        return content
    if stage == "kto" and isinstance(content, Feedback):
        return content
    if stage == "pt" and (text := _as_text(content)) is not None:
        return text
    if stage in ANSWERING and (prompt := _as_prompt(content)) is not None:
        return prompt
    if stage not in FORMS:
        return content
    raise RowFault("data.stage_row", stage=stage, content=type(content).__name__.lower())


def _as_text(content: Content) -> Text | None:
    if isinstance(content, Text):
        return content
    if not isinstance(content, Prompt) or content.tools or content.media:
        return None
    if isinstance(content.prompt, str):
        return Text(content.prompt, content.asides)
    if len(content.prompt) == 1 and not content.answer:
        return Text(str(content.prompt[0]["content"]), content.asides)
    return None


def _as_prompt(content: Content) -> Prompt | None:
    if isinstance(content, Prompt):
        return content
    if isinstance(content, Completion):
        if not content.prompt.strip():
            raise RowFault("data.no_question")
        return Prompt(content.prompt, content.completion, asides=content.asides)
    if isinstance(content, Conversation):
        return _without_answer(content)
    if isinstance(content, Preference | Feedback):
        if not content.prompt:
            raise RowFault("data.no_question")
        return Prompt(
            content.prompt, tools=content.tools, media=content.media, asides=content.asides
        )
    return None


def _without_answer(content: Conversation) -> Prompt:
    *asked, last = content.messages
    prompt: Turns = tuple(asked)
    if not any(message["role"] == "user" for message in prompt):
        raise RowFault("data.no_question")
    # What earlier answers count has no meaning where only the last is made.
    prompt = tuple({k: v for k, v in m.items() if k not in ("weight", "parts")} for m in prompt)
    return Prompt(
        prompt,
        str(last["content"]),
        tools=content.tools,
        media=content.media,
        asides=content.asides,
    )
