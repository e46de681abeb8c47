"""Keys of what follows training: how a chat samples, and how a merged model is written."""

from functools import partial

from ftkernel.recipe.key import Key

_key = partial(Key, group="generation", jobs=("infer",), nullable=False)

KEYS: tuple[Key, ...] = (
    _key(
        name="do_sample",
        kind="bool",
        default=True,
        en="Draw each token at random by its probability; off: always the likeliest.",
        zh="按概率随机抽取每个词元；关闭则总取最可能的。",
    ),
    _key(
        name="temperature",
        kind="float",
        default=0.95,
        ge=0,
        le=100,
        en="Above 1 bolder answers, below 1 safer ones; 0: always the likeliest token.",
        zh="大于 1 更大胆，小于 1 更稳妥；0 表示总取最可能的词元。",
    ),
    _key(
        name="top_p",
        kind="float",
        default=0.7,
        gt=0,
        le=1,
        en="Draw from the likeliest tokens that together have this probability.",
        zh="只从累计概率达到该值的最可能词元中抽取。",
    ),
    _key(
        name="top_k",
        kind="int",
        default=50,
        ge=0,
        en="Draw from this many likeliest tokens; 0: from all.",
        zh="只从最可能的若干词元中抽取；0 表示全部。",
    ),
    _key(
        name="max_new_tokens",
        kind="int",
        default=1024,
        ge=1,
        en="Longest answer in tokens.",
        zh="回答的最大词元数。",
    ),
    _key(
        name="repetition_penalty",
        kind="float",
        default=1.0,
        gt=0,
        example=1.1,
        en="Above 1: tokens that were said already become less likely.",
        zh="大于 1 时，已出现过的词元变得不太可能。",
    ),
    Key(
        name="export_size",
        kind="int",
        default=5,
        nullable=False,
        ge=1,
        group="export",
        jobs=("export",),
        en="Largest file of a merged model, in GB.",
        zh="合并后模型的单个文件最大大小（GB）。",
    ),
)
