"""Keys that say what is learned and into which weights: the stage, the method, and the adapter."""

from functools import partial

from ftkernel.recipe.key import Key

_key = partial(Key, group="method")
_lora = partial(Key, group="method", methods=("lora",))

KEYS: tuple[Key, ...] = (
    _key(
        name="stage",
        kind="str",
        default="sft",
        nullable=False,
        choices=("sft", "pt"),
        choices_later=("rm", "ppo", "dpo", "kto", "grpo"),
        en="What is learned: `sft`, answers given as examples; `pt`, plain text as it is.",
        zh="学习方式：`sft`，从示例回答中学习；`pt`，学习纯文本本身。",
    ),
    _key(
        name="finetuning_type",
        kind="str",
        default="lora",
        nullable=False,
        aliases=("method",),
        choices=("lora", "full"),
        choices_later=("freeze", "oft"),
        en="Which weights change: `lora` (a small adapter beside the model) or `full` (all of them).",
        zh="更新哪些权重：`lora`（模型旁的小适配器）或 `full`（全部权重）。",
    ),
    _lora(
        name="lora_rank",
        kind="int",
        default=8,
        nullable=False,
        ge=1,
        en="Rank of the adapter's matrices: how much it can hold.",
        zh="适配器矩阵的秩：决定其容量。",
    ),
    _lora(
        name="lora_alpha",
        kind="int",
        ge=1,
        example=16,
        auto_en="twice lora_rank",
        auto_zh="lora_rank 的两倍",
        en="How strongly the adapter counts: it is scaled by lora_alpha / lora_rank.",
        zh="适配器的强度：按 lora_alpha / lora_rank 缩放。",
    ),
    _lora(
        name="lora_dropout",
        kind="float",
        default=0.0,
        nullable=False,
        ge=0,
        lt=1,
        example=0.05,
        en="Share of the adapter's inputs that are dropped at random while training.",
        zh="训练时随机丢弃的适配器输入比例。",
    ),
    _lora(
        name="lora_target",
        kind="list",
        default=("all",),
        nullable=False,
        example="q_proj,v_proj",
        en="Layers that get an adapter: names with commas, or `all` linear layers but the head.",
        zh="添加适配器的层：用逗号隔开的名称，或 `all` 表示除输出头外的所有线性层。",
    ),
    _lora(
        name="additional_target",
        kind="list",
        example="embed_tokens,lm_head",
        en="Layers that are trained in full beside the adapter, and saved with it.",
        zh="在适配器之外完整训练、并与其一起保存的层。",
    ),
    _lora(
        name="use_rslora",
        kind="bool",
        default=False,
        nullable=False,
        en="Scale the adapter by lora_alpha / sqrt(lora_rank), which suits high ranks.",
        zh="按 lora_alpha / sqrt(lora_rank) 缩放适配器，适合较大的秩。",
    ),
)
