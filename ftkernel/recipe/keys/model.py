"""Keys that say which model is tuned, and how it is fetched and loaded."""

from functools import partial

from ftkernel.recipe.key import Key

_key = partial(Key, group="model", jobs=("train", "infer", "export"))

KEYS: tuple[Key, ...] = (
    _key(
        name="model_name_or_path",
        kind="model",
        aliases=("model",),
        example="smollm2-135m",
        en="The model to tune: `smollm2-135m` (embedded), a folder, a .gguf file, a hub id, or an earlier run (`name` or `name@step`).",
        zh="要微调的模型：`smollm2-135m`（内置）、模型文件夹、.gguf 文件、hub 上的 id，或先前的运行（`名称` 或 `名称@步数`）。",
    ),
    _key(
        name="adapter_name_or_path",
        kind="str",
        methods=("lora",),
        example="first",
        en="An adapter to go on training, or to chat with: a folder or a hub id.",
        zh="要继续训练或用于对话的适配器：文件夹或 hub 上的 id。",
    ),
    _key(
        name="model_revision",
        kind="str",
        default="main",
        nullable=False,
        en="Branch, tag or commit of a hub model.",
        zh="hub 模型的分支、标签或提交。",
    ),
    _key(
        name="hub",
        kind="str",
        default="huggingface",
        nullable=False,
        choices=("huggingface", "modelscope"),
        en="Where a model id is looked up; `modelscope` needs the extra `ftkernel[modelscope]`.",
        zh="在哪里查找模型 id；`modelscope` 需要安装 `ftkernel[modelscope]`。",
    ),
    _key(
        name="cache_dir",
        kind="str",
        auto_en="the hub's own cache (HF_HOME)",
        auto_zh="hub 自己的缓存（HF_HOME）",
        example="~/models",
        en="Folder that downloads are kept in.",
        zh="保存下载内容的文件夹。",
    ),
    _key(
        name="trust_remote_code",
        kind="bool",
        default=False,
        nullable=False,
        en="Run Python code that comes with a hub model. Off unless you know the author.",
        zh="运行 hub 模型自带的 Python 代码。除非信任作者，否则保持关闭。",
    ),
    _key(
        name="flash_attn",
        kind="str",
        default="auto",
        nullable=False,
        choices=("auto", "disabled", "sdpa", "fa2"),
        choices_later=("fa3",),
        en="Attention: `sdpa` (PyTorch's fused one), `fa2` (FlashAttention 2, GPU only), `disabled` (plain), or `auto`.",
        zh="注意力实现：`sdpa`（PyTorch 的融合实现）、`fa2`（FlashAttention 2，仅 GPU）、`disabled`（普通实现）或 `auto`。",
    ),
    _key(
        name="infer_dtype",
        kind="str",
        default="auto",
        nullable=False,
        jobs=("infer",),
        choices=("auto", "float16", "bfloat16", "float32"),
        en="Number type of the weights in chat.",
        zh="对话时权重的数值类型。",
    ),
    _key(
        name="hf_hub_token",
        kind="str",
        secret=True,
        example="$token",
        en="Token for a gated or private model on the Hugging Face hub; never saved. Better: `%ft login`.",
        zh="访问 Hugging Face hub 上受限或私有模型的令牌；从不保存。更好的办法：`%ft login`。",
    ),
    _key(
        name="ms_hub_token",
        kind="str",
        secret=True,
        example="$token",
        en="Token for a private model on ModelScope; never saved.",
        zh="访问 ModelScope 上私有模型的令牌；从不保存。",
    ),
)
