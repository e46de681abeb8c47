"""Keys that are deprecated, gone, or another's word for one of ours: their value moves, and this is said."""

from functools import partial

from ftkernel.recipe.key import Key

_key = partial(Key, group="translated", status="translated")

KEYS: tuple[Key, ...] = (
    _key(
        name="gradient_checkpointing",
        kind="bool",
        becomes="activation_checkpointing",
        en="The older name of activation_checkpointing.",
        zh="activation_checkpointing 的旧名称。",
    ),
    _key(
        name="gradient_checkpointing_kwargs",
        kind="mapping",
        becomes="activation_checkpointing_kwargs",
        en="The older name of activation_checkpointing_kwargs.",
        zh="activation_checkpointing_kwargs 的旧名称。",
    ),
    _key(
        name="disable_gradient_checkpointing",
        kind="bool",
        becomes="activation_checkpointing",
        translation=((True, False), (False, None)),
        en="The opposite of activation_checkpointing.",
        zh="与 activation_checkpointing 相反。",
    ),
    _key(
        name="warmup_ratio",
        kind="float",
        ge=0,
        lt=1,
        becomes="warmup_steps",
        en="Warm-up as a share of all steps; warmup_steps takes shares now.",
        zh="以占总步数比例表示的预热；现在 warmup_steps 也接受比例。",
    ),
    _key(
        name="group_by_length",
        kind="bool",
        becomes="train_sampling_strategy",
        translation=((True, "group_by_length"), (False, "random")),
        en="Rows of like length together; now a value of train_sampling_strategy.",
        zh="把长度相近的数据放在一起；现在是 train_sampling_strategy 的一个取值。",
    ),
    _key(
        name="disable_shuffling",
        kind="bool",
        becomes="train_sampling_strategy",
        translation=((True, "sequential"), (False, None)),
        en="Rows in the order they come; now a value of train_sampling_strategy.",
        zh="按原顺序使用数据；现在是 train_sampling_strategy 的一个取值。",
    ),
    _key(
        name="evaluation_strategy",
        kind="str",
        choices=("no", "steps", "epoch"),
        becomes="eval_strategy",
        en="The older name of eval_strategy.",
        zh="eval_strategy 的旧名称。",
    ),
    _key(
        name="no_cuda",
        kind="bool",
        becomes="use_cpu",
        en="The older name of use_cpu.",
        zh="use_cpu 的旧名称。",
    ),
    _key(
        name="pure_bf16",
        kind="bool",
        becomes="bf16",
        translation=((True, True), (False, None)),
        en="bf16 weights without automatic casting; our bf16 keeps bf16 weights anyway.",
        zh="不经自动转换、直接使用 bf16 权重；我们的 bf16 本就保持 bf16 权重。",
    ),
)
