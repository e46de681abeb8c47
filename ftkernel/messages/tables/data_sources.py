"""Texts about where rows come from: sources and their options, registries, hubs, addresses, mixing."""

from ftkernel.messages._text import Text

TEXTS = {
    # Keys of a recipe that contradict each other.
    "recipe.unknown_entry": Text(
        "'{name}' has no entry '{entry}'.",
        "“{name}” 中没有 “{entry}” 这一项。",
        "Possible: {possible}.",
        "可用：{possible}。",
    ),
    "recipe.source_option": Text(
        "A source of '{name}' has no option '{option}'.",
        "“{name}” 的数据源没有选项 “{option}”。",
        "Possible: {possible}.",
        "可用：{possible}。",
    ),
    "recipe.rows_stored": Text(
        "'{variable}' gives its rows only once; they are stored in the run folder as they come.",
        "“{variable}” 的数据只能读取一次；读取时会存入运行文件夹。",
    ),
    "recipe.probs_need_mixing": Text(
        "'{name}' says how often each source comes in turn, but sources follow one after another.",
        "“{name}” 指定各数据源被轮到的机会，但当前各数据源是依次相接的。",
        "Write `mix_strategy: interleave_under`, or remove '{name}'.",
        "请写 `mix_strategy: interleave_under`，或删除 “{name}”。",
    ),
    "recipe.probs_sum": Text(
        "The numbers of '{name}' must be above 0 and sum up to 1; their sum is {total}.",
        "“{name}” 的各数必须大于 0 且总和为 1，而现在总和是 {total}。",
        "Write for example `interleave_probs: 0.7,0.3`; a source's `weight:` may be of any size.",
        "例如写 `interleave_probs: 0.7,0.3`；数据源的 `weight:` 则可为任意大小。",
    ),
    "recipe.probs_count": Text(
        "'{name}' has {count:# number|# numbers}, and '{key}' has {sources:# source|# sources}.",
        "“{name}” 有 {count} 个数，而 “{key}” 有 {sources} 个数据源。",
        "Write one number for each source, in their order.",
        "请按顺序为每个数据源写一个数。",
    ),
    "recipe.probs_twice": Text(
        "'{name}' and '{other}' both say how often each source comes.",
        "“{name}” 与 “{other}” 都指定了各数据源的机会。",
        "Keep one of the two.",
        "请只保留其中一个。",
    ),
    "recipe.probs_missing": Text(
        "Some sources of '{key}' have '{name}', and others do not.",
        "“{key}” 的数据源有的写了 “{name}”，有的没有。",
        "Write it for every source, or for none.",
        "请为每个数据源都写，或都不写。",
    ),
    "recipe.streaming_share": Text(
        "'{name}: {value}' is a share, and how many rows a stream has is not known.",
        "“{name}: {value}” 是比例，而流式读取时不知道总行数。",
        "Write a number of rows, such as `val_size: 200`.",
        "请写行数，例如 `val_size: 200`。",
    ),
    "recipe.streaming_needs_steps": Text(
        "'streaming' needs 'max_steps': how many rows a stream has is not known.",
        "“streaming” 需要 “max_steps”：流式读取时不知道总行数。",
        "Add a line such as `max_steps: 1000`.",
        "请添加一行，例如 `max_steps: 1000`。",
    ),
    "recipe.needs_eval_sources": Text(
        "'eval_on_each_dataset' measures on each source of 'eval_dataset', which is not given.",
        "“eval_on_each_dataset” 会对 “eval_dataset” 的每个数据源分别评估，而后者未给出。",
        "Add `eval_dataset:` with the sources, or remove the line.",
        "请添加 `eval_dataset:` 并写明数据源，或删除此行。",
    ),
    "recipe.other_stage": Text(
        "'{name}: {value}' is for examples, and '{other}: {other_value}' learns otherwise.",
        "“{name}: {value}” 用于示例学习，而 “{other}: {other_value}” 的学习方式不同。",
        "Remove the line '{name}'.",
        "请删除 “{name}” 一行。",
    ),
}
