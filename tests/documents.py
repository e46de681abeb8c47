"""Runs the examples of a document, so that what it shows stays what happens.

A document is read from its top. ``jsonl``, ``csv`` and ``json`` blocks become ``rows.jsonl``,
``rows.csv`` and ``dataset_info.json``; a ``yaml`` block is the keys of the next result, and rows
without one have ``template: chatml``. A ``diff`` block is that result under ``parity:
llamafactory`` (``-``) and without it (``+``); a ``text`` block directly after rows or keys is the
result without. ``pycon`` blocks are doctests. Other blocks are only read.
"""

import doctest
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

import ftkernel
from ftkernel import messages
from ftkernel.errors import FtError

IGNORED = -100
FILES = {"jsonl": "rows.jsonl", "csv": "rows.csv", "json": "dataset_info.json"}
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SIDES = {
    "input_ids": "", "chosen_input_ids": "chosen: ", "rejected_input_ids": "rejected: ",
    "kl_input_ids": "kl: ",
}  # fmt: skip
REPEATED = 4

# Formats whose special tokens the embedded model lacks: what begins and ends texts, and the others.
TOKENS = {
    "gemma2": ("<bos>", "<eos>", "<start_of_turn> <end_of_turn>"),
    "gemma4": ("<bos>", "<eos>", "<|turn> <turn|> <|think|> <|channel> <channel|>"),
    "glm4": ("", "<|endoftext|>", "[gMASK] <sop> <|user|> <|assistant|> <|observation|>"),
    "gpt_oss": ("", "<|return|>", "<|start|> <|message|> <|end|> <|channel|> <|call|>"),
    "bailing_v2": ("", "<|endoftext|>", "<|role_end|>"),
    "dots_ocr": (
        "", "<|endoftext|>", "<|user|> <|endofuser|> <|assistant|> <|endofassistant|>",
    ),
    "granite4": ("", "<|end_of_text|>", "<|start_of_role|> <|end_of_role|>"),
    "seed_oss": ("<seed:bos>", "<seed:eos>", "<seed:think> </seed:think>"),
    "phi_small": ("<|endoftext|>", "<|endoftext|>", "<|user|> <|assistant|> <|system|> <|end|>"),
    "youtu": ("<|begin_of_text|>", "<|end_of_text|>", "<|User|> <|Assistant|>"),
    "ernie_vl": ("", "<|end_of_sentence|>", "<|begin_of_sentence|>"),
    "llama3": ("<|begin_of_text|>", "<|eot_id|>", "<|end_of_text|>"),
    "qwen3": ("", "<|im_end|>", "<|im_start|> <think> </think> <tool_call> </tool_call>"),
}  # fmt: skip


def make_tokenizers(folder: Path) -> None:
    """A folder ``tokenizers/NAME`` for each of :data:`TOKENS`: a small tokenizer and a config."""
    from tests.tiny import tiny_tokenizer

    for name, (begin, end, more) in TOKENS.items():
        tokenizer = tiny_tokenizer(template=None)
        special = [token for token in (begin, end, *more.split()) if token]
        tokenizer.add_special_tokens({"additional_special_tokens": special})
        tokenizer.bos_token, tokenizer.eos_token = begin or None, end
        tokenizer.save_pretrained(folder / "tokenizers" / name)
        config = folder / "tokenizers" / name / "config.json"
        config.write_text('{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}')


def checks(text: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """Run a document in the working directory; what each result says and is: its line, both."""
    keys: dict[str, object] = {}
    names: dict[str, object] = {"ftkernel": ftkernel}
    before = ""
    for match in FENCE.finditer(text):
        kind, said = match.groups()
        line = text.count("\n", 0, match.start()) + 2
        if kind in FILES:
            Path(FILES[kind]).write_text(said, "utf-8")
            keys = {"template": "chatml", "dataset": FILES[kind]}
        elif kind == "yaml":
            keys = yaml.safe_load(said) or {}
        elif kind == "diff":
            is_ = [f"- {one}" for one in shown({**keys, "parity": "llamafactory"})]
            yield line, said.splitlines(), [*is_, *(f"+ {one}" for one in shown(keys))]
        elif kind == "text" and before in ("yaml", *FILES):
            yield line, said.splitlines(), shown(keys)
        elif kind == "pycon":
            yield line, [], _doctest(said, names, line)
        before = kind


def _doctest(said: str, names: dict[str, object], line: int) -> list[str]:
    test = doctest.DocTestParser().get_doctest(said, {}, "document", "document", line)
    test.globs = names
    out: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    runner.run(test, out=out.append, clear_globs=False)
    return "".join(out).splitlines()


def shown(keys: dict[str, object]) -> list[str]:
    """The rows of some keys, one a line, learned tokens between ⟦ and ⟧; then what was said."""
    wanted = {"model": "smollm2-135m", "dataset": "rows.jsonl", "dataset_dir": ".", **keys}
    try:
        preview = ftkernel.preview(wanted, rows=0)
        report = preview.report
    except FtError as error:
        return [f"refused: {error}".splitlines()[0]]
    rows = preview.ask("rows", {"start": 0, "count": 20, "tokens": True})["rows"]
    out = [line for row in rows for line in _row(row)]
    for drop in report.drops:
        reason = messages.text(drop["code"], drop["params"])
        out.append(f"dropped: {reason} ({drop['first']['file']}:{drop['first']['line']})")
    # That rows were refused is said above already, each reason by itself.
    others = [note for note in report.notes if note["code"] != "data.rows_refused"]
    return [*out, *(f"said: {messages.text(one['code'], one['params'])}" for one in others)]


def _row(row: dict) -> Iterator[str]:
    for name, begin in SIDES.items():
        if ids := row.get(name):
            labels = row[name.replace("input_ids", "labels")]
            texts = row["tokens"][name]["text"]
            if len(labels) != len(ids):
                labels = [IGNORED] * len(ids)  # those of a prompt are its answer
            yield begin + _marked(ids, labels, texts) + _parts(row)


def _marked(ids: list[int], labels: list[int], texts: list[str]) -> str:
    known = dict(zip(ids, texts, strict=True))
    out, learned = "", False
    pieces = list(zip(ids, labels, texts, strict=True))
    for (id_, label, text), same in itertools.groupby(pieces):
        count = len(list(same))
        if learned != (label != IGNORED):
            learned = not learned
            out += "⟦" if learned else "⟧"
        out += f"{text}×{count}" if count >= REPEATED else text * count
        if label not in (id_, IGNORED):
            out += f"→{known.get(label, label)}"
    return (out + ("⟧" if learned else "")).replace("\n", "↵")


def _parts(row: dict) -> str:
    mask = row.get("attention_mask")
    if not mask:
        return ""
    runs = (f"{part}×{len(list(same))}" for part, same in itertools.groupby(mask))
    return f"  attention_mask {' '.join(runs)}"
