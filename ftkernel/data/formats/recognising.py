"""Recognises the form of a source: one function a form, asked in an order in which the first fits.

A form that is asked for (``formatting``) is the only one looked at. A column that is asked for
(``columns``) is taken for what it is said to hold, and has to be there.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from ftkernel.data.formats import names
from ftkernel.data.formats.shapes import Tags, tags_of, turns_of, values_of
from ftkernel.data.formats.table import Table, only
from ftkernel.data.forms import Base, Form, Kind, usual
from ftkernel.errors import FtError


def form_of(table: Table) -> Form | None:
    """The form of a table; ``None`` if none fits.

    Raises:
        FtError: if the columns fit more than one.
    """
    if table.asked.kind is not None:
        return _FORCED[table.asked.kind](table)
    order = _ORDERS.get(table.asked.stage or "", _ORDER)
    for one in order:
        try:
            form = one(table)
        except FtError as error:
            # Which of several columns answers is nothing to those who answer themselves.
            if order is _ORDERS["ppo"] and error.params.get("part") == "response":
                continue
            raise
        if form is not None:
            return _shown_beside(form, table) or form
    return None


def _shown_beside(form: Form, table: Table) -> Form | None:
    """The conversation that stands beside a pair, where only an answer to show is wanted.

    Rows of judged answers (UltraFeedback's) hold the better one as ``messages`` too. Where these
    end with a question they are the prompt of the pair, and no form of their own.
    """
    column = table.sure("messages")
    if table.asked.stage != "sft" or form.kind != "preference" or column is None:
        return None
    own = _dialogues(table)
    if own is None:
        return None
    last = [turns[-1] for value in values_of(table.rows, column) if (turns := turns_of(value))]
    said = [own.tags.roles.get(str(turn.get(own.tags.role)).lower()) for turn in last]
    return own if said.count("assistant") * 2 > len(said) else None


def _base_of(tags: Tags) -> Base:
    return "sharegpt" if tags.is_sharegpt else "openai"


def _dialogue(
    table: Table, kind: Kind, base: Base | None = None, more: Sequence[str] = (), **columns: str
) -> Form | None:
    """A form whose prompt is a column of turns."""
    column = table.turns(forced=base is not None or table.asked.kind is not None, but=more)
    if column is None:
        return None
    sharegpt = base == "sharegpt" or column.strip().lower() == "conversations"
    if base is None:
        tags = tags_of(table.rows, [column, *more], table.asked.tags, sharegpt=sharegpt)
        base = _base_of(tags)
    found = {"messages": column, **columns}
    return table.made(kind, base, found, turns=[column, *more])


def _turns_as(base: Literal["sharegpt", "openai"]) -> Callable[[Table], Form | None]:
    """The form of turns in one of its two spellings, with all that it can hold beside them."""

    def read(table: Table) -> Form | None:
        better, worse = table.sure("chosen"), table.sure("rejected")
        asked = "chosen" in table.asked.columns and "rejected" in table.asked.columns
        if better and worse and (table.asked.ranking or asked):
            form = _dialogue(
                table, "preference", base, [better, worse], chosen=better, rejected=worse
            )
            if form is not None:
                return form
        verdict = table.verdicts() if table.asked.stage == "kto" else table.sure("kto_tag")
        if verdict is not None:
            return _dialogue(table, "kto", base, kto_tag=verdict)
        return _dialogue(table, base, base)

    return read


def _dialogues(table: Table) -> Form | None:
    column = table.turns()
    if column is None:
        return None
    sharegpt = column.strip().lower() == "conversations"
    tags = tags_of(table.rows, [column], table.asked.tags, sharegpt=sharegpt)
    return _dialogue(table, "sharegpt" if tags.is_sharegpt else "openai", _base_of(tags))


def _preference(table: Table) -> Form | None:
    better, worse = table.sure("chosen"), table.sure("rejected")
    if better is None or worse is None:
        pairs = ((table.named(a), table.named(b)) for a, b in names.PAIRS)
        better, worse = next(((a, b) for a, b in pairs if a and b), (None, None))
    if better is None or worse is None:
        return _answers(table)
    answers = {"chosen": better, "rejected": worse}
    shapes = {table.shape(better), table.shape(worse)}
    if "turns" in shapes and _begin_with_prompt(table, (better, worse)):
        return table.made("preference", "whole", answers, turns=[better, worse])
    if (form := _dialogue(table, "preference", None, [better, worse], **answers)) is not None:
        return form
    prompt = _prompt_of(table)
    if prompt is None:
        return table.made("preference", "whole", answers, turns=[better, worse])
    base = _base(table, prompt)
    columns = {**prompt, **answers}
    return table.made(
        "preference", base, columns, turns=[prompt["prompt"], better, worse],
        prose=list(prompt.values()),
    )  # fmt: skip


def _begin_with_prompt(table: Table, columns: Sequence[str]) -> bool:
    """Whether the answers are whole conversations, which begin with what was asked."""
    for column in columns:
        tags = tags_of(table.rows, [column], table.asked.tags, sharegpt=False)
        for value in values_of(table.rows, column):
            if turns := turns_of(value):
                said = str(turns[0].get(tags.role)).lower()
                return tags.roles.get(said) in ("user", "system")
    return False


def _answers(table: Table) -> Form | None:
    """A prompt with several answers and their scores."""
    prompt = _prompt_of(table)
    if prompt is None:
        return None
    for name, scores in names.LISTS:
        column, marks = table.named(name), table.named(scores) if scores else None
        if column is None or table.shape(column) not in ("list", "turns") or (scores and not marks):
            continue
        if not marks and not _are_scored(table, column):
            continue
        columns = {**prompt, "completions": column}
        if marks:
            columns["scores"] = marks
        return table.made("preference", _base(table, columns), columns, turns=[prompt["prompt"]])
    return None


def _are_scored(table: Table, column: str) -> bool:
    for value in values_of(table.rows, column):
        for answer in value if isinstance(value, list) else ():
            if isinstance(answer, dict):
                return any(name in answer for name in (*names.SCORES, *names.RANKS))
    return False


def _kto(table: Table) -> Form | None:
    verdict = table.verdicts()
    if verdict is None:
        return None
    if table.sure("messages") is not None or table.named("prompt") is None:
        form = _dialogue(table, "kto", None, kto_tag=verdict)
        if form is not None:
            return form
    completion = table.sure("completion")
    if completion is not None and "response" not in table.asked.columns:
        if table.shape(completion) == "turns" and _begin_with_prompt(table, [completion]):
            columns = {"completion": completion, "kto_tag": verdict}
            return table.made("kto", "whole", columns, turns=[completion])
        prompt = table.asked.columns.get("prompt") or table.named("prompt")
        if prompt is not None:
            columns = {"prompt": prompt, "completion": completion, "kto_tag": verdict}
            return table.made("kto", "plain", columns, turns=[prompt, completion])
    found = _question_and_answer(table)
    if found is None:
        return None
    return table.made("kto", "alpaca", {**found, "kto_tag": verdict}, prose=list(found.values()))


def _completion(table: Table) -> Form | None:
    prompt = table.asked.columns.get("prompt") or table.named("prompt")
    completion = table.sure("completion")
    if prompt is None or completion is None or "response" in table.asked.columns:
        return None
    columns = {"prompt": prompt, "completion": completion}
    return table.made("completion", "plain", columns, turns=[prompt, completion])


def _alpaca(table: Table) -> Form | None:
    if (found := _question_and_answer(table)) is None:
        return None
    return table.made("alpaca", "alpaca", found, prose=[found["prompt"], found.get("query", "")])


def _question_and_answer(table: Table) -> dict[str, str] | None:
    """The columns of a question and its answer, with what belongs to them; ``None`` if one lacks.

    Raises:
        FtError: if several columns could be one of them.
    """
    question = table.sure("prompt")
    answer = table.sure("response") if question else table.asked.columns.get("response")
    if question is None and table.likely("prompt") == table.likely("query") == []:
        return None
    if answer is None:
        answers = [c for c in table.likely("response") if c != question]
        if question is None:
            answers = [c for c in answers if c not in _asking(table)]
        if len(answers) > 1 and (question or _asking(table)):
            raise FtError("data.columns_ambiguous", part="response", columns=answers)
        answer = only(answers)
    if answer is None:
        return None
    if question is None:
        questions = [c for c in _asking(table) if c != answer]
        if len(questions) > 1:
            raise FtError("data.columns_ambiguous", part="prompt", columns=questions)
        question = only(questions)
    if question is None:
        return None
    return {**_beside(table, question), "prompt": question, "response": answer}


def _asking(table: Table) -> list[str]:
    """Columns that may hold the question; ``input`` only where nothing else does."""
    found = table.likely("prompt")
    others = [c for c in found if c.strip().lower() != "input"]
    return others or found


def _beside(table: Table, question: str) -> dict[str, str]:
    """The optional columns beside a question."""
    history, query = table.sure("history"), table.sure("query")
    if query in (None, question):
        query = only(table.likely("query"))
    found = {"history": history, "query": query}
    out = {part: column for part, column in found.items() if column and column != question}
    for part in found:
        if usual(part) != question:
            table.add_usual(out, part)
    return out


def _prompt_of(table: Table) -> dict[str, str] | None:
    """The columns of what is asked, where the answers have columns of another kind.

    Raises:
        FtError: if several columns could be it.
    """
    question = table.sure("prompt") or table.named("prompt")
    nested = table.named("input")
    if question is None and nested is not None:
        values = values_of(table.rows, nested)
        if any(isinstance(value, dict) and "messages" in value for value in values):
            return {"prompt": nested}
    if question is None:
        found = _asking(table)
        if len(found) > 1:
            raise FtError("data.columns_ambiguous", part="prompt", columns=found)
        question = only(found)
    return None if question is None else {**_beside(table, question), "prompt": question}


def _base(table: Table, prompt: dict[str, str]) -> Base:
    """Whether a prompt is taken as it is, as TRL takes ``prompt``, or as a user's question."""
    column = prompt["prompt"]
    if table.shape(column) in ("turns", "mapping"):
        return "plain"
    is_trls = column.strip().lower() == "prompt" and "prompt" not in table.asked.columns
    beside = [prompt[part] for part in ("history", "query") if part in prompt]
    beside += [table.sure("system") or only(table.likely("system")) or ""]
    if not is_trls or any(name in table.names for name in beside):
        return "alpaca"
    for part in ("history", "query"):
        prompt.pop(part, None)
    return "plain"


def _text(table: Table) -> Form | None:
    column = table.sure("text")
    if column is None and table.asked.kind == "text":
        column = table.asked.columns.get("prompt") or only(table.likely("text"))
        column = column or (table.names[0] if len(table.names) == 1 else None)
    return None if column is None else table.made("text", "text", {"text": column})


def _likely_text(table: Table) -> Form | None:
    """A column that is likely text, where no other says something too."""
    column = only(table.likely("text"))
    beside = (c for c in table.names if c.strip().lower() not in names.ABOUT and c != column)
    if column is None or (
        table.asked.stage != "pt" and any(table.shape(c) == "text" for c in beside)
    ):
        return None
    return table.made("text", "text", {"text": column})


def _prompt(table: Table) -> Form | None:
    """Prompts alone: in ``prompt``, or where ``columns`` says so."""
    asked = table.asked.columns.get("prompt")
    column = asked or table.named("prompt")
    return None if column is None else _prompts(table, column)


def _any_prompt(table: Table) -> Form | None:
    """Prompts for a stage that answers them itself: whatever column asks."""
    found = _prompt_of(table)
    return None if found is None else _prompts(table, found["prompt"])


def _prompts(table: Table, column: str) -> Form:
    columns = {**_beside(table, column), "prompt": column}
    base = _base(table, columns)
    return table.made("prompt", base, columns, turns=[column], prose=[column])


def _own_prompt(table: Table) -> Form | None:
    """A column ``prompt``, text or turns, where a stage answers itself: all others are for rewards.

    That holds whatever they are called, unless ``columns`` says otherwise.
    """
    asked = table.asked
    if asked.stage not in ("ppo", "grpo") or asked.as_learned or asked.ranking:
        return None
    column = asked.columns.get("prompt") or table.named("prompt")
    if column is None or column.strip().lower() != "prompt" or set(asked.columns) & _NOT_ALONE:
        return None
    if "prompt" not in asked.columns and table.sure("prompt") is not None:
        return None
    columns = {"prompt": column}
    if (answer := table.named("completion")) is not None:
        columns["completion"] = answer
    return table.made("prompt", "plain", columns, turns=[column], prose=[column])


_NOT_ALONE = {"history", "query", "response", "messages", "completion", "text", "chosen",
              "rejected", "kto_tag", "completions", "scores"}  # fmt: skip
"""Parts that make more of a row than a prompt, where ``columns`` names them."""


def _only_prompts(table: Table) -> Form | None:
    if (form := _own_prompt(table)) is not None:
        return form
    column = table.turns() if table.sure("messages") else None
    if column is not None:
        return _dialogue(table, "prompt")
    return _any_prompt(table) or _dialogue(table, "prompt")


def _alpaca_asked(table: Table) -> Form | None:
    """The form with a column each, with all that LLaMA-Factory reads in it."""
    better, worse = table.sure("chosen"), table.sure("rejected")
    if table.asked.ranking or {"chosen", "rejected"} <= set(table.asked.columns):
        prompt = _prompt_of(table)
        if prompt and better and worse:
            columns = {**prompt, "chosen": better, "rejected": worse}
            turns, prose = [better, worse], list(prompt.values())
            return table.made("preference", "alpaca", columns, turns=turns, prose=prose)
        return None
    verdict = table.verdicts() if table.asked.stage == "kto" else table.sure("kto_tag")
    found = _question_and_answer(table)
    if found is not None:
        kind: Kind = "alpaca" if verdict is None else "kto"
        if verdict is not None:
            found["kto_tag"] = verdict
        return table.made(kind, "alpaca", found, prose=list(found.values()))
    question = table.sure("prompt")
    if question is None or verdict is not None:
        return None
    return table.made("prompt", "alpaca", {**_beside(table, question), "prompt": question})


_ORDER: tuple[Callable[[Table], Form | None], ...] = (
    _preference, _kto, _dialogues, _completion, _alpaca, _text, _prompt, _likely_text,
)  # fmt: skip

_RL = (
    _own_prompt, _preference, _kto, _dialogues, _completion, _alpaca, _any_prompt, _text, _prompt,
    _likely_text,
)  # fmt: skip
_ORDERS = {"pt": (_text, *_ORDER), "ppo": _RL, "grpo": _RL}

_FORCED: dict[str, Callable[[Table], Form | None]] = {
    "alpaca": _alpaca_asked,
    "sharegpt": _turns_as("sharegpt"),
    "openai": _turns_as("openai"),
    "completion": _completion,
    "text": _text,
    "preference": _preference,
    "kto": _kto,
    "prompt": _only_prompts,
}
