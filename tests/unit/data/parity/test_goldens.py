"""What LLaMA-Factory made of rows of ours, under every template and many options; see `cases`."""

import datetime
import json
from pathlib import Path

import pytest

from ftkernel.data import parity
from ftkernel.data.rows import Refused, Row
from ftkernel.data.templates import names, tools
from tests.unit.data.parity import cases

GOLDENS = json.loads((Path(__file__).parent / "goldens.json").read_text())
TOKENIZERS = {"ends": cases.tokenizer(), "begins": cases.tokenizer(begins=True)}


@pytest.fixture(autouse=True)
def one_day(monkeypatch):
    """The day on which LLaMA-Factory was asked: one tool format says the date."""

    class Day(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2025, 2, 3)

    monkeypatch.setattr(tools, "datetime", Day)


def made(keys, part, tokenizer):
    sources = []
    for name in keys["dataset"].split(","):
        entry = cases.ENTRIES[name]
        said = ("formatting", "ranking", "columns", "tags")
        sources.append(
            parity.Source(
                parity.layout(**{key: entry[key] for key in said if key in entry}),
                [Row(row, f"{name}.json", at) for at, row in enumerate(cases.ROWS[name], 1)],
                entry.get("num_samples"),
            )
        )
    settings = parity.Settings.of(keys)
    found = list(parity.rows(settings, sources, tokenizer, part))
    return [one.fields for one in found if isinstance(one, parity.Result)], [
        one for one in found if isinstance(one, Refused)
    ]


def digest_of(keys, part="train", tokenizer=TOKENIZERS["ends"]):
    rows, _ = made(keys, part, tokenizer)
    packed = keys["stage"] == "sft" and (keys.get("packing") or keys.get("neat_packing"))
    return cases.digest(rows, labels=keys["stage"] != "pt", mask=bool(packed))


def test_every_template_has_a_golden():
    assert sorted(GOLDENS["templates"]) == sorted(names())


@pytest.mark.parametrize("name", sorted(GOLDENS["templates"]))
def test_a_template_gives_the_same_ids_and_labels(name):
    ours = [
        digest_of({"stage": "sft", "dataset": form, "template": name, **keys})
        for form in cases.FORMS
        for keys in cases.TEMPLATED
    ]
    assert ours == GOLDENS["templates"][name]


@pytest.mark.parametrize("which", TOKENIZERS)
@pytest.mark.parametrize("stage", ["pt", "sft", "dpo", "kto", "ppo"])
def test_options_give_the_same_ids_and_labels(which, stage):
    for case, (keys, part) in cases.OPTIONS.items():
        golden = GOLDENS["options"].get(which + case)
        if keys["stage"] == stage and golden is not None:
            assert digest_of(keys, part, TOKENIZERS[which]) == golden, case
