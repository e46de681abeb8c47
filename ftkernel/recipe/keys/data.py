"""Keys that say which rows are learned, how many of them, and which part of a row."""

from functools import partial

from ftkernel.recipe.key import Key

_key = partial(Key, group="data")

KEYS: tuple[Key, ...] = (
    _key(
        name="dataset",
        kind="source",
        aliases=("data",),
        example="demo",
        en="The rows to learn: `demo` (shipped), a file (.jsonl, .json, .csv, .parquet, .txt), a folder, a hub id, `$df` for a variable, or several with commas.",
        zh="要学习的数据：`demo`（自带）、文件（.jsonl、.json、.csv、.parquet、.txt）、文件夹、hub 上的 id、变量 `$df`，多个用逗号隔开。",
    ),
    _key(
        name="eval_dataset",
        kind="source",
        example="heldout.jsonl",
        en="Rows to measure on and never learned; given as `dataset` is.",
        zh="只用于评估、从不学习的数据；写法与 `dataset` 相同。",
    ),
    _key(
        name="val_size",
        kind="float",
        default=0.0,
        nullable=False,
        ge=0,
        share=True,
        example=0.1,
        en="Rows held out of `dataset` to measure on: a share below 1 (`0.1`), or a number of rows (`200`).",
        zh="从 `dataset` 中留出用于评估的数据：小于 1 的比例（`0.1`）或行数（`200`）。",
    ),
    _key(
        name="dataset_dir",
        kind="str",
        auto_en="the folder the kernel started in",
        auto_zh="内核启动时所在的文件夹",
        example="data",
        en="Folder that relative data files are looked up in.",
        zh="查找相对路径数据文件的文件夹。",
    ),
    _key(
        name="max_samples",
        kind="int",
        ge=1,
        example=1000,
        auto_en="all rows",
        auto_zh="全部数据",
        en="Take at most this many rows of each source, from its beginning.",
        zh="每个数据源最多取前多少行。",
    ),
    _key(
        name="cutoff_len",
        kind="int",
        default=2048,
        nullable=False,
        ge=1,
        en="Longest row in tokens; what is beyond is cut off, and the number of cut rows is said.",
        zh="一行数据的最大词元数；超出部分被截断，并报告被截断的行数。",
    ),
    _key(
        name="train_on_prompt",
        kind="bool",
        default=False,
        nullable=False,
        stages=("sft",),
        en="Learn the questions too, not the answers alone.",
        zh="除回答外，也学习提问部分。",
    ),
    _key(
        name="mask_history",
        kind="bool",
        default=False,
        nullable=False,
        stages=("sft",),
        en="Learn only the last answer of each conversation.",
        zh="每段对话只学习最后一个回答。",
    ),
    _key(
        name="default_system",
        kind="str",
        jobs=("train", "infer"),
        auto_en="the chat template's own",
        auto_zh="对话模板自带的系统提示",
        example="You are a helpful assistant.",
        en="System prompt of rows, and of chats, that have none.",
        zh="没有系统提示的数据和对话所用的系统提示。",
    ),
    _key(
        name="enable_thinking",
        kind="bool",
        jobs=("train", "infer"),
        auto_en="the chat template's own",
        auto_zh="由对话模板决定",
        example=False,
        en="What the chat template is told about thinking, in templates that ask for it.",
        zh="对于支持思考模式的对话模板，是否启用思考。",
    ),
)
