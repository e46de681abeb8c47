"""Chat, proofs, plans, keys and the doctor's report, in a page and in a terminal."""

import json

import pytest

from ftkernel import messages
from ftkernel.recipe.key import Key
from ftkernel.recipe.registry import KEYS
from ftkernel.views import chat, doctor, keys, plan, proof
from ftkernel.views.samples import read_samples
from ftkernel.views.shape import Sample
from tests.unit.views.page import Page

HOSTILE = '<script>alert(1)</script>\n"><img onerror=x>\x1b[31m'


def test_an_answer_is_text_with_its_line_breaks():
    bundle = chat.mime_bundle({"tuned": "one\n  two\t<b>"})
    page = Page(bundle["text/html"])
    page.assert_harmless()
    assert "one\n  two\t<b>" in page.texts
    assert bundle["text/plain"] == "one\n  two\t<b>"


def test_two_sides_have_labels():
    bundle = chat.mime_bundle({"tuned": "A", "base": "B"}, remark="The answer was stopped.")
    assert bundle["text/plain"] == "tuned model:\nA\n\nbase model:\nB\n\nThe answer was stopped."
    assert Page(bundle["text/html"]).text == "tuned model A base model B The answer was stopped."


def test_an_answer_that_goes_on_has_a_cursor_at_its_end():
    assert "▍" in chat.turn({"tuned": ""}, waiting=True)
    assert chat.turn({"tuned": "done", "base": "go"}, waiting=True).count("▍") == 1
    assert "▍" not in chat.turn({"tuned": "done"})


def test_what_a_model_writes_stays_text():
    page = Page(chat.turn({"tuned": HOSTILE, "base": HOSTILE}, remark=HOSTILE))
    page.assert_harmless()
    assert "\x1b" not in chat.text({"tuned": HOSTILE})


PROOF = {
    "path": "merged", "dtype": "float32", "kl": 3.2e-9, "kl_bound": 1e-6,
    "largest_logit_difference": 1.2e-4, "token_agreement": 0.998, "prompts": 8, "tokens": 512,
    "bytes": 538_000_000, "files": 9, "seconds": 12.0,
}  # fmt: skip


def test_a_proof_says_that_it_holds_and_by_how_much():
    assert proof.mime_bundle(PROOF)["text/plain"].splitlines() == [
        "Merged: ✓ proven",
        "  folder                         merged",
        "  type of the numbers            float32",
        "  mean KL, nats a token          3.2e-9 (at most 1e-6)",
        "  largest difference of a logit  1.2e-4",
        "  same likeliest token           99.8%",
        "  compared on                    8 prompts, 512 tokens",
        "  size                           538 MB in 9 files",
        "  time                           12 s",
    ]


def test_a_proof_above_its_bound_is_none():
    assert "✕ not proven" in proof.mime_bundle({**PROOF, "kl": 2e-6})["text/plain"]
    assert "✕ not proven" in proof.mime_bundle({})["text/plain"]


PLAN = {
    "total_steps": 40, "epochs": 1.5, "micro_batch": 4, "accumulation": 2, "tokens_per_epoch": 9000,
    "memory_bytes": 1_100_000_000, "memory_available": 3_000_000_000, "seconds": 65.0,
}  # fmt: skip


def test_a_plan_says_whether_it_fits():
    assert plan.mime_bundle(PLAN)["text/plain"].splitlines() == [
        "Plan: ✓ fits into memory",
        "  optimizer steps             40 (1.5 epochs)",
        "  micro-batch × accumulation  4 × 2 = 8",
        "  tokens in an epoch          9,000",
        "  memory                      1.10 GB needed, 3.00 GB free",
        "  time                        1 min 05 s without start-up",
    ]
    small = plan.mime_bundle({**PLAN, "memory_available": 10**9})
    assert small["text/plain"].startswith("Plan: ✕ does not fit into memory")
    short = plan.mime_bundle({**PLAN, "seconds": 0.02, "start_seconds": 8.6})["text/plain"]
    assert short.endswith(
        "  time                        under a second, plus about 8.6 s to start and to load the weights"
    )


def test_a_plan_without_figures_claims_nothing():
    assert plan.mime_bundle({})["text/plain"] == "Plan"


def test_all_keys_are_in_the_table():
    bundle = keys.mime_bundle(KEYS.values())
    page = Page(bundle["text/html"])
    page.assert_harmless()
    assert len(KEYS) > 100
    shown = set(page.texts)
    assert [name for name in KEYS if name not in shown] == []
    assert bundle["text/plain"].splitlines()[0] == "Model:"


def test_a_key_in_full():
    key = Key(
        name="pace", kind="float", default=2e-4, ge=0, lt=1, group="optimizer", en="How fast.",
        zh="多快。", aliases=("speed",), methods=("lora",),
    )  # fmt: skip
    bundle = keys.key_bundle(key)
    assert bundle["text/plain"].splitlines() == [
        "pace: ✓ available",
        "  type         float ≥ 0, < 1",
        "  default      0.0002",
        "  short names  speed",
        "  jobs         train",
        "  methods      lora",
        "How fast.",
    ]
    with messages.speaking("zh"):
        assert keys.type_words(key) == "数 ≥ 0, < 1"


@pytest.mark.parametrize(
    ("default", "shown"), [(None, "–"), (True, "true"), (8, "8"), (0.03, "0.03"), ("auto", "auto")]
)
def test_a_default_is_shown_as_it_is_written(default, shown):
    key = Key(name="k", kind="str", default=default, group="run", en="", zh="")
    assert keys.default_words(key) == shown


CHECKS = [
    {"name": "torch", "found": "2.13", "purpose": "training", "needed": True, "remedy": ""},
    {
        "name": "trl",
        "found": None,
        "purpose": "training",
        "needed": True,
        "remedy": "pip install trl",
    },
    {"name": "keyring", "found": None, "purpose": "secrets", "needed": False, "remedy": "pip k"},
]


def test_the_doctor_says_what_is_missing_and_what_mends_it():
    assert doctor.mime_bundle(["2 processors"], CHECKS)["text/plain"].splitlines() == [
        "2 processors",
        "✓  torch    2.13     training",
        "✕  trl      missing  training",
        "○  keyring  missing  secrets",
        "To mend:",
        "  pip install trl",
        "May be added:",
        "  pip k",
    ]
    assert doctor.mime_bundle([], CHECKS[:1])["text/plain"].endswith(
        "Everything that is needed is here."
    )


def test_reports_are_harmless_whatever_they_tell():
    checks = [dict.fromkeys(CHECKS[0], HOSTILE)]
    for bundle in (
        doctor.mime_bundle([HOSTILE], checks),
        proof.mime_bundle({**PROOF, "path": HOSTILE, "dtype": HOSTILE}),
        plan.mime_bundle({**PLAN, "source": HOSTILE}),
    ):
        Page(bundle["text/html"]).assert_harmless()
        assert "\x1b" not in bundle["text/plain"]


def test_answers_to_the_same_prompt_make_a_pair(tmp_path):
    lines = [
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "side": "tuned", "content": "Ftk."},
        {"role": "user", "content": "What?"},
        {"role": "assistant", "side": "tuned", "content": "new"},
        {"role": "assistant", "side": "base", "content": "old"},
    ]
    whole = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    (tmp_path / "a.jsonl").write_bytes(whole + b'{"role": "us')
    for number in range(9):  # answers on their way, which are no transcripts
        (tmp_path / f"b{number}.stream.jsonl").write_text('{"kind": "token"}\n')
    assert read_samples(tmp_path) == (Sample("What?", "old", "new"),)


def test_no_transcript_is_no_pair(tmp_path):
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\n[1]\n3\n")
    assert read_samples(tmp_path) == read_samples(tmp_path / "none") == ()


def test_a_default_of_several_values_is_shown_as_they_are_written():
    assert keys.default_words(KEYS["lora_target"]) == "all"
