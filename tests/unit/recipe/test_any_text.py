"""Whatever somebody types, reading it ends in a recipe or in a refusal with its line, never in a crash."""

import random

from ftkernel.errors import RecipeError
from ftkernel.recipe import Recipe, registry

PIECES = [
    "model", "data", "lr", "steps", "val_size", "optim", "lora_target", "lr_scheduler_kwargs", "devices",
    "optim_args", "report_to", "eval_dataset", "hf_hub_token", "smollm2-135m", "demo", "1e-4", "0.1", "-1",
    "true", "no", "null", "~", "$df", "{{ df }}", "$", "sgd", "a=b", "é", "你好", "\u200b", "\t", " ", "  ",
    "\n", "\n", "\n", ": ", ": ", ": ", ":", "- ", ", ", "[", "]", "{", "}", "'", '"', "#", "&a", "*a", "!!int",
    "|", ">", "?", "---", "...", "%", "@", "`", "\\", "\x07", "\ufeff", "<<", "=", "1" * 400, ".inf", "0x1F",
]  # fmt: skip


def test_any_text_is_read_or_refused():
    pick = random.Random(7)
    read = refused = 0
    for _ in range(2000):
        text = "".join(pick.choice(PIECES) for _ in range(pick.randint(1, 14)))
        text = pick.choice(["", "model: m/m\ndata: demo\n"]) + text
        try:
            recipe = Recipe.parse(text, namespace={"df": [{"text": "a"}]})
        except RecipeError as error:
            refused += bool(str(error) and error.to_json())
        else:
            read += 1
            if read % 3 == 0:
                assert Recipe.parse(recipe.to_yaml()) == recipe
    assert read > 20
    assert refused > 1000


def test_any_value_of_any_key_is_read_or_refused():
    values = [
        *PIECES,
        "[a, b]",
        "{a: b}",
        "[]",
        "{}",
        "[[a]]",
        "[{a: 1}]",
        "'1'",
        "1_0",
        "2*3",
        "f(x)",
        "1.5",
        "0",
    ]
    pick = random.Random(11)
    lengths: set[int] = set()
    for index in range(2000):
        name, value = pick.choice(list(registry.KEYS)), pick.choice(values)
        try:
            recipe = Recipe.parse(f"model: m/m\ndata: demo\n{name}: {value}")
        except RecipeError as error:
            lengths.add(len(error.problems[0].lines()))
        else:
            if index % 20 == 0:
                assert Recipe.parse(recipe.to_yaml()) == recipe, (name, value)
    assert lengths <= {2, 3, 4, 5, 6}
