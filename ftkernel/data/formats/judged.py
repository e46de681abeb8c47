"""Rows that say which answers are better or good: pairs, several answers with scores, verdicts.

A pair is a prompt and two answers to it. Where the answers are whole conversations, what they have
in common at the beginning is the prompt, so that both are measured on the same tokens.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from ftkernel.data.content import Content, Feedback, Message, Preference, Turns
from ftkernel.data.formats.cells import is_missing, parsed, text_in, truth_of, type_of
from ftkernel.data.formats.conversations import (
    answer_in,
    answer_turns,
    check_answers,
    parsed_turns,
    question_of,
    turns_of_row,
    with_system_column,
    with_tools,
)
from ftkernel.data.formats.media import media_of
from ftkernel.data.formats.names import ANSWERS, RANKS, SCORES
from ftkernel.data.formats.options import Reading
from ftkernel.data.formats.turns import read_turns
from ftkernel.data.rows import RowFault

_SPEAKER = "\n\nAssistant:"
"""Ends the prompt in plain transcripts, such as those of hh-rlhf."""


def prompt_of(reading: Reading) -> list[Message] | str:
    """What is asked: turns, or plain text that is to be taken as it is."""
    form = reading.form
    if form.base == "alpaca":
        return question_of(reading)
    if form.base in ("sharegpt", "openai"):
        return turns_of_row(reading)
    column = form.columns["prompt"]
    value = parsed_turns(reading.data.get(column))
    if isinstance(value, Mapping) and "messages" in value:
        value = value["messages"]  # as OpenAI writes what is asked of a pair
    if isinstance(value, list | dict):
        return with_system_column(read_turns(value, column, reading), reading)
    text = text_in(reading.data, column)
    if not text.strip():
        raise RowFault("data.question_empty", key=column)
    return text


def read_preference(reading: Reading) -> Content:
    """Two answers to one prompt, or the best and the worst of several."""
    columns = reading.form.columns
    if "completions" in columns:
        better, worse = _best_and_worst(reading)
        return _explicit(reading, better, worse)
    better, worse = columns["chosen"], columns["rejected"]
    chosen = _cell(reading.data.get(better))
    rejected = _cell(reading.data.get(worse))
    for column, value in ((better, chosen), (worse, rejected)):
        if is_missing(value):
            raise RowFault("data.cell_missing", key=column, column=column)
    if reading.form.base == "whole":
        return _implicit(reading, chosen, rejected)
    return _explicit(reading, chosen, rejected)


def _cell(value: object) -> object:
    """An answer's cell: turns, or text; a number is its digits."""
    if isinstance(value, bool | int | float) and not is_missing(value):
        return str(value)
    return parsed_turns(value)


def _explicit(reading: Reading, chosen: object, rejected: object) -> Preference:
    columns = reading.form.columns
    better = columns.get("chosen") or columns["completions"]
    worse = columns.get("rejected") or columns["completions"]
    prompt = prompt_of(reading)
    if isinstance(prompt, str):
        # Several scored answers were given in a chat; two texts stand as they are, as in TRL.
        if isinstance(chosen, str) and isinstance(rejected, str) and "completions" not in columns:
            _check_pair(chosen, rejected, better, worse)
            return Preference(prompt, chosen, rejected)
        prompt = [{"role": "user", "content": prompt}]
    if not prompt or prompt[-1]["role"] == "assistant":
        raise RowFault("data.prompt_ends_with_answer", key=better)
    answers = (
        _answer(chosen, better, reading, prompt),
        _answer(rejected, worse, reading, prompt),
    )
    return _pair(prompt, *answers, reading)


def _answer(value: object, column: str, reading: Reading, prompt: list[Message]) -> list[Message]:
    """The turns of an answer, without the prompt where it repeats that."""
    if isinstance(value, str):
        if not value.strip():
            raise RowFault("data.answer_empty", key=column)
        return [{"role": "assistant", "content": value}]
    if not isinstance(value, list | dict):
        raise RowFault("data.cell_type", key=column, column=column, type=type_of(value))
    messages = read_turns(value, column, reading, begins=True) if _whole(value, reading) else None
    if messages is None:
        return answer_turns(value, column, reading, prompt)
    asked = [m for m in prompt if m["role"] != "system"]
    said = [m for m in messages if m["role"] != "system"]
    if said[: len(asked)] != asked or len(said) == len(asked):
        raise RowFault("data.prompt_not_repeated", key=column)
    return said[len(asked) :]


def _whole(value: object, reading: Reading) -> bool:
    """Whether an answer's turns begin with what was asked."""
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, Mapping):
        return False
    tags = reading.form.tags
    said = str(first.get(tags.role, first.get("role", first.get("from")))).lower()
    return tags.roles.get(said) in ("user", "system")


def _pair(
    prompt: list[Message], chosen: list[Message], rejected: list[Message], reading: Reading
) -> Preference:
    columns = reading.form.columns
    better = columns.get("chosen") or columns["completions"]
    worse = columns.get("rejected") or columns["completions"]
    check_answers(chosen, better)
    check_answers(rejected, worse)
    if chosen == rejected:
        raise RowFault("data.pair_equal", key=better)
    every, tools = with_tools([*prompt, *chosen, *rejected], reading)
    first, second = len(prompt), len(prompt) + len(chosen)
    media = media_of(every[:second], reading)
    return Preference(
        tuple(every[:first]),
        tuple(every[first:second]),
        tuple(every[second:]),
        tools=tools,
        media=media,
    )


def _implicit(reading: Reading, chosen: object, rejected: object) -> Preference:
    better, worse = reading.form.columns["chosen"], reading.form.columns["rejected"]
    if isinstance(chosen, str) and isinstance(rejected, str):
        return _parted(chosen, rejected, better, worse)
    both = [
        with_system_column(read_turns(value, column, reading), reading)
        for value, column in ((chosen, better), (rejected, worse))
    ]
    common = len([*takewhile(lambda pair: pair[0] == pair[1], zip(*both, strict=False))])
    if common == min(map(len, both)):
        raise RowFault("data.pair_equal" if both[0] == both[1] else "data.pair_nested", key=better)
    prompt, answers = both[0][:common], [messages[common:] for messages in both]
    if not any(message["role"] == "user" for message in prompt):
        raise RowFault("data.pair_no_prompt", key=better)
    for column, answer in zip((better, worse), answers, strict=True):
        if answer[0]["role"] != "assistant":
            raise RowFault("data.pair_questions", key=column, number=common + 1)
    reading.note("data.prompt_found")
    first, second = (_trim(answer, reading) for answer in answers)
    return _pair(prompt, first, second, reading)


def _trim(messages: list[Message], reading: Reading) -> list[Message]:
    end = max(i for i, message in enumerate(messages, 1) if message["role"] == "assistant")
    if end < len(messages):
        reading.note("data.after_answer")
    return messages[:end]


def _parted(chosen: str, rejected: str, better: str, worse: str) -> Preference:
    """Two plain texts with their common beginning, in whole words, as the prompt."""
    _check_pair(chosen, rejected, better, worse)
    same = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(chosen, rejected, strict=False))
    )
    end = chosen.rfind(_SPEAKER, 0, same) + len(_SPEAKER)
    if end < len(_SPEAKER) or end > same:
        spaces = [match.start() for match in re.finditer(r"\s+", chosen[:same])]
        end = spaces[-1] if spaces else 0
    while end and not (chosen[end:].strip() and rejected[end:].strip()):
        spaces = [match.start() for match in re.finditer(r"\s+", chosen[:end])]
        end = spaces[-1] if spaces else 0
    return Preference(chosen[:end], chosen[end:], rejected[end:])


def _check_pair(chosen: str, rejected: str, better: str, worse: str) -> None:
    for column, text in ((better, chosen), (worse, rejected)):
        if not text.strip():
            raise RowFault("data.answer_empty", key=column)
    if chosen == rejected:
        raise RowFault("data.pair_equal", key=better)


def _best_and_worst(reading: Reading) -> tuple[object, object]:
    """Of several answers the one with the highest score, and the one with the lowest."""
    column = reading.form.columns["completions"]
    answers = parsed(reading.data.get(column))
    if is_missing(answers):
        raise RowFault("data.cell_missing", key=column, column=column)
    if not isinstance(answers, list):
        raise RowFault("data.cell_type", key=column, column=column, type=type_of(answers))
    scores = _scores(answers, column, reading)
    if len(answers) < 2:
        raise RowFault("data.answers_few", key=column, count=len(answers))
    best, worst = scores.index(max(scores)), scores.index(min(scores))
    if scores[best] == scores[worst]:
        raise RowFault("data.answers_tied", key=column, count=len(answers), score=scores[best])
    reading.note("data.best_and_worst", column)
    return _said(answers[best], column), _said(answers[worst], column)


def _scores(answers: Sequence[object], column: str, reading: Reading) -> list[float]:
    beside = reading.column("scores")
    if beside is not None:
        values = parsed(reading.data.get(beside))
        if not isinstance(values, list) or len(values) != len(answers):
            count = len(values) if isinstance(values, list) else 0
            raise RowFault("data.scores_count", key=beside, answers=len(answers), scores=count)
        return [_number(value, number, beside) for number, value in enumerate(values, start=1)]
    out: list[float] = []
    for number, answer in enumerate(answers, start=1):
        entries: Mapping[object, object] = answer if isinstance(answer, Mapping) else {}
        name = next((n for n in (*SCORES, *RANKS) if not is_missing(entries.get(n))), None)
        if name is None:
            raise RowFault("data.score_missing", key=column, number=number, known=[*SCORES, *RANKS])
        score = _number(entries[name], number, column)
        out.append(-score if name in RANKS else score)
    return out


def _number(value: object, number: int, column: str) -> float:
    try:
        score = float(str(value))
    except ValueError:
        score = float("nan")
    if isinstance(value, bool) or is_missing(score):
        raise RowFault("data.score_value", key=column, number=number, value=str(value))
    return score


def _said(answer: object, column: str) -> object:
    if isinstance(answer, Mapping) and "role" not in answer and "from" not in answer:
        name = next((name for name in ANSWERS if not is_missing(answer.get(name))), None)
        if name is None:
            raise RowFault("data.answer_missing", key=column, known=list(ANSWERS))
        return answer[name]
    return answer


def read_kto(reading: Reading) -> Content:
    """An answer and whether it is good."""
    columns = reading.form.columns
    column = columns["kto_tag"]
    value = reading.data.get(column)
    if is_missing(value) or value == "":
        raise RowFault("data.cell_missing", key=column, column=column)
    desirable = truth_of(value)
    if desirable is None:
        raise RowFault("data.verdict", key=column, column=column, value=str(value))
    base = reading.form.base
    if base in ("sharegpt", "openai", "whole"):
        name = columns["completion"] if base == "whole" else columns["messages"]
        every = read_turns(reading.data.get(name), name, reading)
        every = with_system_column(every, reading)
        return _feedback(every, name, desirable, reading)
    if base == "alpaca":
        prompt = question_of(reading)
        answer: Message = {"role": "assistant", "content": answer_in(reading, "response")}
        return _feedback([*prompt, answer], columns["response"], desirable, reading)
    asked, name = prompt_of(reading), columns["completion"]
    said = parsed_turns(reading.data.get(name))
    if isinstance(asked, str) and not isinstance(said, list | dict):
        return Feedback(asked, answer_in(reading, "completion"), desirable)
    prompt = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    answers = answer_turns(said, name, reading, prompt)
    return _feedback([*prompt, *answers], name, desirable, reading, len(prompt))


def _feedback(
    messages: list[Message],
    column: str,
    desirable: bool,
    reading: Reading,
    begin: int | None = None,
) -> Feedback:
    """The last answer, and what stands before it, as a verdict's."""
    if messages[-1]["role"] != "assistant":
        raise RowFault("data.no_answer_last", key=column)
    begin = len(messages) - 1 if begin is None else begin
    if not any(message["role"] == "user" for message in messages[:begin]):
        raise RowFault("data.no_question", key=column)
    check_answers(messages[begin:], column)
    messages, tools = with_tools(messages, reading)
    turns: tuple[Turns, Turns] = tuple(messages[:begin]), tuple(messages[begin:])
    return Feedback(*turns, desirable, tools=tools, media=media_of(messages, reading))
