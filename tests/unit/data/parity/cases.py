"""Rows of our own and recipes over them, whose ids LLaMA-Factory was asked for once.

``goldens.json`` holds a digest of what it gave for each; the tokenizer is made here, so that pieces
that are tokenized apart have other tokens than the same text in one.
"""

import hashlib
import itertools
import json
import string

CALL = '{"name": "look_up", "arguments": {"word": "tide", "times": 2, "exact": true}}'
OTHER = '{"name": "add", "arguments": {"numbers": [1, 2.5], "note": "grüß {{idx}}"}}'
TOOLS = json.dumps(
    [
        {
            "name": "look_up",
            "description": "Looks a word up.",
            "parameters": {
                "type": "object",
                "properties": {
                    "word": {"type": "string", "description": "the word"},
                    "exact": {"type": "boolean", "description": "as it is", "enum": ["yes", "no"]},
                },
                "required": ["word"],
            },
        },
        {
            "type": "function",
            "function": {
                "name": "add",
                "description": "Adds numbers, 数字.",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "numbers": {
                            "type": "array",
                            "description": "what to add",
                            "items": {"type": "number"},
                        }
                    },
                },
            },
        },
    ],
    ensure_ascii=False,
)
THOUGHT = "<think>\nThe sea moves.\n</think>\n\n"


def said(*turns):
    return [{"from": who, "value": text} for who, text in turns]


ALPACA = [
    {
        "instruction": "Name a sea.",
        "input": "Not {{idx}}: a cold one",
        "output": "The Baltic.",
        "history": [["Hello", "Good day!"], ["And {{content}}?", THOUGHT + "Yes."]],
        "sys": "",
    },
    {"instruction": "  Why?\n", "input": "", "output": "", "history": [], "sys": "Be brief: 短い"},
    {
        "instruction": "Think it's deep",
        "input": "",
        "output": THOUGHT + "Deep.",
        "history": [],
        "sys": "",
    },
    {"instruction": "A", "input": "B", "output": "C " * 40, "history": [["q", "a"]], "sys": "S"},
]
SHAREGPT = [
    {
        "conversations": said(
            ("human", "What is a tide?"),
            ("function_call", CALL),
            ("observation", '{"found": 1}'),
            ("gpt", "It rises."),
            ("human", "And 1 + 2.5?"),
            ("function_call", f"[{OTHER}]"),
            ("observation", "3.5"),
            ("gpt", THOUGHT + "3.5"),
        ),
        "tools": TOOLS,
        "sys": "",
    },
    {
        "conversations": said(("system", "You sail."), ("human", "Hi"), ("gpt", "Ahoy </s>!")),
        "tools": "[]",
        "sys": "not this",
    },
    {"conversations": said(("human", "Hi"), ("human", "again"), ("gpt", "no")), "sys": "dropped"},
    {"conversations": said(("human", "long " * 30), ("gpt", "short")), "tools": TOOLS, "sys": "S"},
]
CALLED = [
    {"conversations": said(("human", "Go"), ("function_call", text))}
    for text in (THOUGHT + CALL, f"Sure: <tool_call>[{CALL}, {OTHER}]</tool_call>", f"[{CALL}]")
]
OPENAI = [
    {
        "messages": [
            {"role": "user", "content": "Both, please"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"function": json.loads(CALL)}],
            },
            {"role": "tool", "content": "one"},
            {"role": "tool", "content": "two"},
            {"role": "assistant", "content": "Done."},
        ],
        "tools": json.loads(TOOLS),
    },
    {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello!"},
        ],
        "tools": [],
    },
]
RANKED = [
    {
        "conversations": said(("human", "One?"), ("gpt", THOUGHT + "1"), ("human", "Two?")),
        "chosen": {"from": "gpt", "value": "Two " * 12},
        "rejected": {"from": "gpt", "value": THOUGHT + "No."},
    },
    {
        "conversations": said(("human", "Three " * 20)),
        "chosen": {"from": "function_call", "value": CALL},
        "rejected": {"from": "gpt", "value": ""},
    },
]
JUDGED = [
    {"instruction": f"Question {at}", "output": f"Answer {at} " * at, "label": at % 3 > 0}
    for at in range(1, 8)
]
PLAIN = [{"text": f"Text {at}: " + "so on, " * at} for at in range(12)]

ENTRIES = {
    "alpaca": {
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "response": "output",
            "history": "history",
            "system": "sys",
        }
    },
    "sharegpt": {
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "tools": "tools", "system": "sys"},
    },
    "called": {"formatting": "sharegpt"},
    "openai": {
        "formatting": "openai",
        "columns": {"messages": "messages", "tools": "tools"},
        "tags": {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "observation_tag": "tool",
            "function_tag": "function_call",
            "system_tag": "system",
        },
    },
    "ranked": {
        "formatting": "sharegpt",
        "ranking": True,
        "columns": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"},
    },
    "judged": {
        "columns": {"prompt": "instruction", "response": "output", "kto_tag": "label"},
    },
    "plain": {"columns": {"prompt": "text"}},
    "drawn": {"columns": {"prompt": "instruction", "response": "output"}, "num_samples": 17},
}
ROWS = {
    "alpaca": ALPACA,
    "sharegpt": SHAREGPT,
    "called": CALLED,
    "openai": OPENAI,
    "ranked": RANKED,
    "judged": JUDGED,
    "plain": PLAIN,
    "drawn": JUDGED,
}
FORMS = ("alpaca", "sharegpt", "openai")
TEMPLATED = [{"cutoff_len": 2048}, {"cutoff_len": 90, "mask_history": True}]
"""What every template is tried with, on each of the forms."""

_BOTH = "alpaca,sharegpt"


def _case(stage, dataset, template="qwen3", part="train", **keys):
    return {"stage": stage, "dataset": dataset, "template": template, **keys}, part


def _options():
    for thinking, keeping in itertools.product((True, False, None), (True, False)):
        how = {"enable_thinking": thinking, "preserve_thinking": keeping}
        for template in ("qwen3", "glm4_7", "lfm2"):
            yield _case("sft", "called", template, **how)
        for template in ("qwen3", "glm4_7", "gpt_oss"):
            yield _case("sft", _BOTH, template, **how)
            yield _case("sft", _BOTH, template, mask_history=True, **how)
            yield _case("ppo", _BOTH, template, **how)
    for tool_format in (
        "default", "gemma4", "llama3", "lfm2", "minimax1", "minimax2", "mistral", "qwen",
        "qwen3_5", "glm4", "glm4_moe", "seed_oss", "ling",
    ):  # fmt: skip
        yield _case("sft", "sharegpt", "smollm2", tool_format=tool_format)
        yield _case("sft", "sharegpt", "falcon", tool_format=tool_format, cutoff_len=200)
    for cutoff in (1, 7, 33, 64, 200):
        for template in ("smollm2", "falcon", "llama2", "alpaca"):
            yield _case("sft", _BOTH, template, cutoff_len=cutoff)
            yield _case("sft", _BOTH, template, cutoff_len=cutoff, mask_history=True)
            yield _case("dpo", "ranked", template, cutoff_len=cutoff)
            yield _case("kto", "judged", template, cutoff_len=cutoff, preprocessing_batch_size=3)
            yield _case("ppo", _BOTH, template, cutoff_len=cutoff)
    yield _case("sft", _BOTH, "smollm2", train_on_prompt=True, cutoff_len=150)
    for keys in ({"packing": True}, {"neat_packing": True}):
        for template in ("smollm2", "falcon"):
            yield _case("sft", _BOTH, template, cutoff_len=256, **keys)
            yield _case("sft", _BOTH, template, cutoff_len=500, preprocessing_batch_size=3, **keys)
            yield _case("sft", "alpaca,drawn", template, cutoff_len=300, **keys)
    yield _case("sft", "alpaca", "smollm2", default_system="Sail on.")
    yield _case("sft", "alpaca", "alpaca", default_system="")
    for dataset in ("plain", "plain,judged", "alpaca,openai"):
        yield _case("pt", dataset, "smollm2", cutoff_len=40)
        yield _case("pt", dataset, "smollm2", cutoff_len=40, packing=True)
        yield _case("pt", dataset, "smollm2", cutoff_len=40, packing=False)
        yield _case("pt", dataset, "llama3", cutoff_len=64, preprocessing_batch_size=5)
    for mix in ("interleave_under", "interleave_over", "interleave_once"):
        yield _case("sft", "alpaca,drawn", "default", mix_strategy=mix)
        keys = {"mix_strategy": mix, "interleave_probs": "0.2,0.8", "seed": 7}
        yield _case("sft", "alpaca,drawn", "default", **keys)
    yield _case("sft", "alpaca,drawn", "default", max_samples=9)
    for part in ("train", "validation"):
        for size in (0.3, 4, 1.0e-7):
            yield _case("kto", "judged", "default", part, val_size=size)
    yield _case("sft", "drawn", "default", preprocessing_num_workers=2, neat_packing=True)
    yield _case("sft", "drawn", "default", "validation", val_size=3, predict_with_generate=True)
    yield _case("sft", _BOTH, None)


OPTIONS = {json.dumps([keys, part]): (keys, part) for keys, part in _options()}


def tokenizer(*, begins=False):
    """Bytes, and pairs of them wherever a piece may end: after a sign, before a letter.

    ``begins``: its texts begin with a token of their own, and it has none for padding.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    letters = string.ascii_letters + '{"<[Ċ'
    pairs = [(sign, letter) for sign in ">]:ĊĠ}." for letter in letters]
    tokens = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", *alphabet]
    tokens += [sign + letter for sign, letter in pairs]
    bpe = Tokenizer(models.BPE({token: at for at, token in enumerate(tokens)}, pairs))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in tokens[:5]])
    made = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<s>",
        eos_token="</s>" if begins else "<|im_end|>",
        unk_token="<unk>",
        **({} if begins else {"pad_token": "<|im_end|>"}),
    )
    if begins:
        made.add_bos_token = True
    made.chat_template = (
        "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nHelp.<|im_end|>\n' }}"
        "{% endif %}{% for m in messages %}"
        "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    )
    return made


NAMES = (
    "input_ids", "labels", "chosen_input_ids", "chosen_labels", "rejected_input_ids",
    "rejected_labels", "kl_input_ids", "kl_labels", "kto_tag", "position_ids",
)  # fmt: skip


def digest(rows, *, labels=True, mask=False):
    """Of all ids and labels, in their order."""
    names = [*NAMES, "attention_mask"] if mask else NAMES
    names = names if labels else ["input_ids"]
    told = [[row.get(name) for name in names] for row in rows]
    text = json.dumps(told, separators=(",", ":"))
    return f"{len(rows)}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
