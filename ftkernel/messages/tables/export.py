"""Texts of merging a model, and of the card that goes with it."""

from ftkernel.messages._text import Text

TEXTS = {
    "export.target_is_file": Text(
        "{path} is a file; a merged model needs a folder. Nothing was written.",
        "{path} 是一个文件；合并后的模型需要一个文件夹。没有写入任何内容。",
        "Name a folder that does not exist yet.",
        "请指定一个尚不存在的文件夹。",
    ),
    "export.target_not_empty": Text(
        "{path} is not empty ({count:# entry|# entries}, such as {first}). Nothing was written.",
        "{path} 不是空的（{count} 项，例如 {first}）。没有写入任何内容。",
        "Name a folder that does not exist yet, or an empty one.",
        "请指定一个尚不存在或为空的文件夹。",
    ),
    "export.target_merged": Text(
        "{path} holds the merge of run '{run}' of {when}. Nothing was written.",
        "{path} 中已有运行“{run}”于 {when} 合并的模型。没有写入任何内容。",
        "Write for example --to {free}, or delete that folder first.",
        "例如写 --to {free}，或先删除该文件夹。",
    ),
    "export.target_merged_once": Text(
        "{path} holds a model that was merged on {when}. Nothing was written.",
        "{path} 中已有于 {when} 合并的模型。没有写入任何内容。",
        "Write for example --to {free}, or delete that folder first.",
        "例如写 --to {free}，或先删除该文件夹。",
    ),
    "export.target_below_file": Text(
        "{path} can not be made: {file} is a file.",
        "无法创建 {path}：{file} 是一个文件。",
        "Name a folder in a place that is one.",
        "请指定位于文件夹中的路径。",
    ),
    "export.target_in_use": Text(
        "Another merge is writing to {path} at this moment.",
        "另一个合并任务正在写入 {path}。",
        "Wait for it, or name another folder.",
        "请等待其完成，或指定另一个文件夹。",
    ),
    "export.target_unwritable": Text(
        "{path} can not be written: {reason}.",
        "无法写入 {path}：{reason}。",
        "Name a folder that you may write to.",
        "请指定一个您有写入权限的文件夹。",
    ),
    "export.disk_space": Text(
        "The merged model needs {needed} on disk, and {free} are free at {path}. Nothing was written.",
        "合并后的模型需要 {needed} 磁盘空间，而 {path} 仅剩 {free}。没有写入任何内容。",
        "Free some space, name a folder on another disk, or choose dtype: bfloat16.",
        "请释放空间、选择其他磁盘上的文件夹，或使用 dtype: bfloat16。",
    ),
    "export.disk_full": Text(
        "The disk became full while {path} was written ({needed} needed, {free} free now). Nothing is left "
        "there.",
        "写入 {path} 时磁盘已满（需要 {needed}，现剩 {free}）。该处没有留下任何内容。",
        "Free some space, or name a folder on another disk.",
        "请释放空间，或选择其他磁盘上的文件夹。",
    ),
    "export.memory": Text(
        "Merging needs about {needed} of memory, and {available} are available.",
        "合并大约需要 {needed} 内存，而可用的只有 {available}。",
        "Stop other runs and chats, or merge on a machine with more memory.",
        "请停止其他运行和对话，或在内存更大的机器上合并。",
    ),
    "export.no_target": Text(
        "A merge needs a folder to write to, as an absolute path; {found} was given.",
        "合并需要一个绝对路径的目标文件夹；收到的是 {found}。",
        "Write for example --to merged/.",
        "例如写 --to merged/。",
    ),
    "export.bad_dtype": Text(
        '"{dtype}" is no number type that a model can be merged to.',
        "“{dtype}”不是合并模型可用的数值类型。",
        "There are: float32, bfloat16, float16.",
        "可用的有：float32、bfloat16、float16。",
    ),
    "export.bad_size": Text(
        "export_size is the largest file in GB, a whole number from 1 on; {size} is none.",
        "export_size 是单个文件的最大大小（GB），为不小于 1 的整数；{size} 不是。",
    ),
    "export.nothing_to_merge": Text(
        "There is no adapter to merge: {path} holds neither an adapter nor a model.",
        "没有可合并的适配器：{path} 中既没有适配器也没有模型。",
        "Name a run that has a checkpoint or a result, or set adapter_name_or_path.",
        "请指定有检查点或结果的运行，或设置 adapter_name_or_path。",
    ),
    "export.adapter_unreadable": Text(
        "The adapter in {path} can not be read: {reason}.",
        "无法读取 {path} 中的适配器：{reason}。",
    ),
    "export.not_mergeable": Text(
        "An adapter of type {kind} has no weights that could be merged into a model.",
        "{kind} 类型的适配器没有可以合并进模型的权重。",
        "Keep base and adapter apart; chat and other tools load both.",
        "请保留基座与适配器分开；对话和其他工具会同时加载两者。",
    ),
    "export.layer_replication": Text(
        "The adapter repeats layers of its base (layer_replication), and merging it would give wrong weights.",
        "该适配器重复了基座的层（layer_replication），合并会得到错误的权重。",
        "Keep base and adapter apart.",
        "请保留基座与适配器分开。",
    ),
    "export.quantized_base": Text(
        "{model} is quantized ({method}); an adapter can only be merged into unquantized weights.",
        "{model} 是量化模型（{method}）；适配器只能合并进未量化的权重。",
        "Name the unquantized model as base.",
        "请以未量化的模型作为基座。",
    ),
    "export.broken_weights": Text(
        "Merging gave weights that are no numbers, in {name}.",
        "合并得到的权重不是有效数字，位于 {name}。",
        "The adapter is damaged or diverged; merge an earlier checkpoint: NAME@STEP.",
        "适配器已损坏或训练发散；请合并更早的检查点：NAME@STEP。",
    ),
    "export.overflow": Text(
        "{name} has values up to {largest:.3g}, beyond what {dtype} can hold.",
        "{name} 的数值达到 {largest:.3g}，超出 {dtype} 的范围。",
        "Choose dtype: bfloat16 or float32.",
        "请选择 dtype: bfloat16 或 float32。",
    ),
    "export.shapes_differ": Text(
        "The merged model has {actual:,} logits a token where base and adapter have {expected:,}. Nothing is "
        "left at the target.",
        "合并后的模型每个词元有 {actual:,} 个 logit，而基座加适配器有 {expected:,} 个。目标处没有留下任何内容。",
    ),
    "export.not_a_number": Text(
        "The model answers with numbers that are none (NaN or infinite), so the merge can not be proven. "
        "Nothing is left at the target.",
        "模型输出了无效数字（NaN 或无穷大），无法验证合并。目标处没有留下任何内容。",
        "Merge an earlier checkpoint (NAME@STEP), or choose dtype: float32.",
        "请合并更早的检查点（NAME@STEP），或选择 dtype: float32。",
    ),
    "export.no_prompts": Text(
        "There is no text to compare the models on, so the merge can not be proven. Nothing is left at the "
        "target.",
        "没有可用于比较模型的文本，无法验证合并。目标处没有留下任何内容。",
    ),
    "export.not_proven": Text(
        "The merged model answers differently from base and adapter: KL {kl:.3g} nats a token, {bound:.3g} at "
        "most (largest logit difference {difference:.3g}, {agreement:.1%} of tokens agree). Nothing is left "
        "at the target.",
        "合并后的模型与基座加适配器的回答不同：KL 为每词元 {kl:.3g} nat，上限 {bound:.3g}"
        "（最大 logit 差 {difference:.3g}，{agreement:.1%} 的词元一致）。目标处没有留下任何内容。",
        "Choose dtype: float32, or keep base and adapter apart.",
        "请选择 dtype: float32，或保留基座与适配器分开。",
    ),
    "export.untied": Text(
        "Head and embedding shared their weights in the base; the adapter trained them apart, so the merged "
        "model stores both.",
        "基座的输出层与嵌入共享权重；适配器将两者分别训练，因此合并后的模型分别保存。",
    ),
    "export.end_tokens_added": Text(
        "The generation config now also ends answers at {tokens}, as the chat template does.",
        "生成配置现在也会像对话模板那样在 {tokens} 处结束回答。",
    ),
}
