"""What is learned of one row: the stages that look at no other row."""

from collections.abc import Mapping, Sequence

from ftkernel.data.encoded import IGNORED
from ftkernel.data.parity.cutting import share
from ftkernel.data.parity.prompting import Prompting
from ftkernel.data.parity.reading import MEDIA, Reading, Turn
from ftkernel.data.parity.settings import Settings
from ftkernel.data.parity.wording import Pair, Wording
from ftkernel.data.rows import RowFault

Fields = dict[str, list[int] | bool]
"""The ids and labels of a result, by their names."""


class Shortened(Fields):
    """Those of a result that lost something to the cutoff."""


def learned(reading: Reading, wording: Wording, settings: Settings) -> Fields:
    """A conversation, its answers learned (``stage: sft``).

    Raises:
        RowFault: if it is no conversation with one last answer.
    """
    if len(reading.prompt) % 2 != 1 or len(reading.answers) != 1:
        raise _not_usable(reading)
    how = wording.prompting
    turns = checked(how, [*reading.prompt, *reading.answers], reading)
    last_only = settings.mask_history
    pairs = wording.all(
        turns, reading.system, reading.tools, forgetting=last_only and not how.preserve_thinking
    )
    ends = [wording.end_id] if how.spec.efficient_eos else []
    room = settings.cutoff - len(ends)
    ids: list[int] = []
    labels: list[int] = []
    whole = sum(len(part) for pair in pairs for part in pair)
    for turn, pair in enumerate(reversed(pairs) if last_only else pairs):
        if room <= 0:
            break
        kept = share(len(pair[0]), len(pair[1]), room)
        source, target = pair[0][: kept[0]], pair[1][: kept[1]]
        room -= sum(kept)
        source_labels = [IGNORED] * kept[0]
        if settings.train_on_prompt:
            source_labels = source
        elif ends and turn:
            # The end of the answer before is learned where the next question begins. One label,
            # even where nothing is left of the question.
            source_labels = ends + [IGNORED] * (kept[0] - 1)
        target_labels = [IGNORED] * kept[1] if last_only and turn else target
        if last_only:
            ids = source + target + ids
            labels = source_labels + target_labels + labels
        else:
            ids += source + target
            labels += source_labels + target_labels
    fields = {"input_ids": ids + ends, "labels": labels + ends}
    return _told(fields, is_cut=len(ids) < whole)


def paired(reading: Reading, wording: Wording, settings: Settings) -> Fields:
    """A better and a worse answer to one prompt (``stage: rm`` and ``dpo``).

    Raises:
        RowFault: if there are not two answers.
    """
    _require_two(reading)
    (prompt, chosen), (_, rejected) = (
        with_answer(reading, answer, wording) for answer in reading.answers[:2]
    )
    longer = max(len(chosen), len(rejected))
    kept, room = share(len(prompt), longer, settings.cutoff)
    fields = {
        f"{name}_{key}": value
        for name, answer in (("chosen", chosen), ("rejected", rejected))
        for key, value in _joined(prompt[:kept], answer[:room], kept).items()
    }
    return _told(fields, is_cut=(kept, room) != (len(prompt), longer))


def judged(reading: Reading, other: Sequence[Turn], wording: Wording, settings: Settings) -> Fields:
    """An answer that is good or bad, and another row's answer beside it (``stage: kto``).

    Args:
        reading: of the row.
        other: the answers of the other row.
        wording: of the template.
        settings: of the recipe.

    Raises:
        RowFault: if the row has no such answer, or the other one has none.
    """
    _require_two(reading)
    if not other or (len(other) == 1 and not other[0].content):
        raise RowFault("parity.no_other_answer")
    out: Fields = {}
    is_cut = False
    for name, answers in (("", reading.answers), ("kl_", other)):
        answer = answers[0] if answers[0].content else answers[1]
        prompt, target = with_answer(reading, answer, wording)
        kept, room = share(len(prompt), len(target), settings.cutoff)
        fields = _joined(prompt[:kept], target[:room], kept)
        out |= {name + key: value for key, value in fields.items()}
        is_cut = is_cut or (not name and (kept, room) != (len(prompt), len(target)))
    return _told(out | {"kto_tag": bool(reading.answers[0].content)}, is_cut=is_cut)


def asked(reading: Reading, wording: Wording, settings: Settings) -> Fields:
    """A prompt, and the answer beside it (``stage: ppo``, and measuring by generated answers).

    Raises:
        RowFault: if nothing is asked.
    """
    if len(reading.prompt) % 2 != 1:
        raise _not_usable(reading)
    answer = reading.answers[0] if len(reading.answers) == 1 else Turn("assistant", "")
    prompt, target = with_answer(reading, answer, wording)
    kept, room = share(len(prompt), len(target), settings.cutoff)
    fields = {"input_ids": prompt[:kept], "labels": target[:room]}
    return _told(fields, is_cut=(kept, room) != (len(prompt), len(target)))


def with_answer(reading: Reading, answer: Turn, wording: Wording) -> Pair:
    """The tokens of a row's prompt and of an answer to it, with the answer's end."""
    how = wording.prompting
    turns = checked(how, [*reading.prompt, answer], reading)
    prompt, target = wording.last(turns, reading.system, reading.tools)
    return prompt, [*target, wording.end_id] if how.spec.efficient_eos else target


def checked(how: Prompting, turns: list[Turn], reading: Reading) -> list[Turn]:
    """The turns, if they need no file to be put into words.

    Raises:
        RowFault: if the row has files (their tokens come from a model's processor), or marks of
            files that it does not have.
    """
    for kind in MEDIA:
        files = len((reading.media or {}).get(kind, ()))
        if files:
            taken = kind.removesuffix("s") in how.spec.media
            raise RowFault("parity.media" if taken else "parity.media_not_taken", kind=kind)
        mark = f"<{kind.removesuffix('s')}>"
        if how.spec.multimodal and any(
            isinstance(t.content, str) and mark in t.content for t in turns
        ):
            raise RowFault("parity.media_missing", mark=mark)
    return turns


def _told(fields: Mapping[str, list[int] | bool], *, is_cut: bool) -> Fields:
    return Shortened(fields) if is_cut else dict(fields)


def _joined(prompt: list[int], answer: list[int], ignored: int) -> dict[str, list[int]]:
    return {"input_ids": prompt + answer, "labels": [IGNORED] * ignored + answer}


def _require_two(reading: Reading) -> None:
    if len(reading.prompt) % 2 != 1 or len(reading.answers) < 2:
        raise _not_usable(reading)


def _not_usable(reading: Reading) -> RowFault:
    if reading.is_out_of_order:
        return RowFault("parity.order")
    return RowFault("parity.answers", prompts=len(reading.prompt), answers=len(reading.answers))
