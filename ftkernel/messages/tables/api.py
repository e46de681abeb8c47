"""Texts of the Python API: starting, stopping and resuming runs, chat, merge, tokens."""

from ftkernel.messages._text import Text

TEXTS = {
    "api.wait_timeout": Text(
        "Run '{name}' goes on after {seconds} s of waiting.",
        "等待 {seconds} 秒后，运行 '{name}' 仍在继续。",
        "Wait longer, or stop it with a checkpoint: %ft stop {name}.",
        "可继续等待，或保存检查点并停止：%ft stop {name}。",
    ),
    "api.no_such_python": Text(
        "There is no Python at {python}.",
        "{python} 处没有 Python。",
        "Write the path of an interpreter, such as /opt/env/bin/python.",
        "请写解释器的路径，例如 /opt/env/bin/python。",
    ),
    "api.chat_interrupted": Text(
        "Interrupted before '{model}' was loaded; nothing was asked.",
        "在加载 '{model}' 时被中断；没有提问。",
    ),
    "api.no_model_named": Text(
        "No model is named.",
        "没有指定模型。",
        "Write a run (name or name@step), a model folder, a .gguf file or a hub id.",
        "请写运行（name 或 name@step）、模型文件夹、.gguf 文件或 hub 标识。",
    ),
    "api.no_merge_target": Text(
        "No folder is named for the merged model.",
        "没有指定合并后模型的文件夹。",
        "Write for example --to merged; the folder must be new or empty.",
        "例如写 --to merged；文件夹须为空或不存在。",
    ),
    "api.bad_timeout": Text(
        "A time to wait is a number of seconds from 0 on; '{value}' is none.",
        "等待时间须为不小于 0 的秒数；'{value}' 不是。",
        "Write for example 60, or leave it out to wait for the end.",
        "例如写 60；不写则一直等到结束。",
    ),
    "api.folder_gone": Text("folder gone or damaged", "文件夹已丢失或损坏"),
    "api.recipe_lost": Text(
        "Run '{name}' has lost its recipe: {path} is missing or unreadable.",
        "运行 '{name}' 丢失了配方：{path} 不存在或无法读取。",
        "Start a new run.",
        "请启动新的运行。",
    ),
    "api.name_in_use": Text(
        "`{name}` was in use: this run is `{new}`.",
        "`{name}` 已被使用：本次运行名为 `{new}`。",
    ),
    "api.name_in_use_here": Text(
        "`{name}` was in use: this run is `{new}`; in this notebook `{name}` now means it.",
        "`{name}` 已被使用：本次运行名为 `{new}`；在本笔记本中，`{name}` 现在指的就是它。",
    ),
    "api.newest_gone": Text(
        "`{name}` meant run `{new}` here, and its folder is gone; an older run `{name}` lies in {path}.",
        "`{name}` 在此指运行 `{new}`，其文件夹已不存在；更早的运行 `{name}` 位于 {path}。",
        "Write that path where you mean the older run.",
        "若要指更早的运行，请写该路径。",
    ),
    "api.no_such_folder": Text(
        "There is no folder {path}.",
        "没有文件夹 {path}。",
        "Without a folder, the runs of every folder that you have used are listed.",
        "不写文件夹时，会列出您用过的所有文件夹中的运行。",
    ),
    "api.variable_written": Text(
        "{rows} rows of ${name} are written to {path}, so the run can be resumed without this kernel.",
        "${name} 的 {rows} 行已写入 {path}，因此没有本内核也能继续该运行。",
    ),
    "api.variable_no_rows": Text(
        "${name} holds no rows: it is of type {type}.",
        "${name} 不含数据行：它的类型是 {type}。",
        'Give a DataFrame, a list of dictionaries, or a datasets.Dataset (one split, such as ds["train"]).',
        '请给出 DataFrame、字典列表或 datasets.Dataset（单个划分，例如 ds["train"]）。',
    ),
    "api.variable_row_no_mapping": Text(
        "Row {number} of ${name} is no dictionary but of type {type}.",
        "${name} 的第 {number} 行不是字典，而是 {type} 类型。",
        'Each row needs names for its columns, such as {{"instruction": …, "output": …}}.',
        '每一行都需要列名，例如 {{"instruction": …, "output": …}}。',
    ),
    "api.variable_empty": Text(
        "${name} has no rows.",
        "${name} 没有数据行。",
        "Fill it, or name another variable.",
        "请填入数据或改用其他变量。",
    ),
    "api.stop_created": Text(
        "Run '{name}' was never started; there is nothing to stop.",
        "运行 '{name}' 从未启动，无需停止。",
        "%ft resume {name} starts it.",
        "%ft resume {name} 可启动它。",
    ),
    "api.stop_finished": Text(
        "Run '{name}' has finished; there is nothing to stop.",
        "运行 '{name}' 已完成，无需停止。",
        "%ft show {name} shows it.",
        "%ft show {name} 可查看。",
    ),
    "api.stop_stopped": Text(
        "Run '{name}' was stopped already.",
        "运行 '{name}' 早已停止。",
        "{resume}.",
        "{resume}。",
    ),
    "api.stop_failed": Text(
        "Run '{name}' has failed; there is nothing to stop.",
        "运行 '{name}' 已失败，无需停止。",
        "`%ft wait {name}` says why; {resume}.",
        "`%ft wait {name}` 说明原因；{resume}。",
    ),
    "api.stop_died": Text(
        "Run '{name}' is dead: its worker is gone; there is nothing to stop.",
        "运行 '{name}' 已死亡：工作进程不在了，无需停止。",
        "`%ft wait {name}` says why; {resume}.",
        "`%ft wait {name}` 说明原因；{resume}。",
    ),
    "api.resume_finished": Text(
        "Run '{name}' has finished; there is nothing left to go on with.",
        "运行 '{name}' 已完成，没有可继续的内容。",
        "To train on, start a new run with model: {name}.",
        "若要继续训练，请用 model: {name} 启动新的运行。",
    ),
    "api.checkpoint_broken": Text(
        "Checkpoint {checkpoint} of run '{name}' is broken: {damage}.",
        "运行 '{name}' 的检查点 {checkpoint} 已损坏：{damage}。",
        "%ft resume {name} --from {other} goes on from step {other} instead.",
        "%ft resume {name} --from {other} 改从第 {other} 步继续。",
    ),
    "api.checkpoint_model_alone": Text(
        "Checkpoint {checkpoint} of run '{name}' holds the model alone (save_only_model): no training goes on from it.",
        "运行 '{name}' 的检查点 {checkpoint} 只含模型（save_only_model）：无法从它继续训练。",
        "%ft resume {name} --from {other} goes on from step {other} instead.",
        "%ft resume {name} --from {other} 改从第 {other} 步继续。",
    ),
    "api.remove_running": Text(
        "Run '{name}' is going on; it was not deleted.",
        "运行 '{name}' 正在进行，没有删除。",
        "Stop it first: %ft stop {name} --wait.",
        "请先停止：%ft stop {name} --wait。",
    ),
    "api.remove_failed": Text(
        "The folder of run '{name}' could not be deleted whole: {reason}.",
        "运行 '{name}' 的文件夹未能完全删除：{reason}。",
        "Look at {folder}.",
        "请检查 {folder}。",
    ),
    "api.job_died": Text(
        "The worker of this {job} ended without a word (exit code {code}).",
        "执行 {job} 的工作进程无声结束（退出码 {code}）。",
        "Its log is {log}; a lack of memory is the usual cause.",
        "日志见 {log}；通常是内存不足。",
    ),
    "api.no_base_side": Text(
        "'{model}' has no adapter, so there is no base model to compare with.",
        "'{model}' 没有适配器，因此没有可对比的基础模型。",
        "Leave out --base and --ab, or give the adapter with --adapter FOLDER.",
        "请去掉 --base 与 --ab，或用 --adapter FOLDER 指定适配器。",
    ),
    "api.nothing_to_merge": Text(
        "'{model}' has no adapter, so there is nothing to merge.",
        "'{model}' 没有适配器，无需合并。",
        "Name a run, or give the adapter with --adapter FOLDER.",
        "请给出一个运行的名称，或用 --adapter FOLDER 指定适配器。",
    ),
    "api.model_too_large": Text(
        "The model has {billions} billion parameters and needs at least {needed} GB; this machine has {there} GB.",
        "该模型有 {billions} B 参数，至少需要 {needed} GB；本机只有 {there} GB。",
        "Choose a smaller model, or start anyway with force: true.",
        "请选择更小的模型，或用 force: true 强行启动。",
    ),
    "api.two_adapters": Text(
        "The model '{run}' is a run that has its own adapter, and the recipe names another one.",
        "模型 '{run}' 是带有自己适配器的运行，而配方又指定了另一个适配器。",
        "Remove adapter_name_or_path, or name the base model.",
        "请去掉 adapter_name_or_path，或改为指定基础模型。",
    ),
    "api.unknown_service": Text(
        "There is no service '{name}'.",
        "没有服务 '{name}'。",
        "There are: {names}.",
        "可用的有：{names}。",
    ),
    "api.empty_token": Text(
        "No token was entered for {service}.",
        "没有输入 {service} 的令牌。",
        "Paste it when asked.",
        "请在提示时粘贴。",
    ),
    "api.no_keyring": Text(
        "The package keyring is not installed, so no token can be kept.",
        "未安装 keyring，无法保存令牌。",
        "pip install 'ftkernel[keyring]', or enter it for this session only with --ask.",
        "pip install 'ftkernel[keyring]'，或用 --ask 仅为本次会话输入。",
    ),
    "api.keyring_refused": Text(
        "This machine's keyring does not take the token ({reason}).",
        "本机钥匙串不接受令牌（{reason}）。",
        "Enter it for this session only with --ask.",
        "请用 --ask 仅为本次会话输入。",
    ),
    "api.for_all": Text("this package", "本软件包"),
    "api.for_kernel": Text("for the notebook", "用于笔记本"),
    "api.for_training": Text("for training", "用于训练"),
    "api.for_embedded_model": Text(
        "holds smollm2-135m without a network", "无需网络的 smollm2-135m"
    ),
    "api.for_plot_loss": Text("for plot_loss", "用于 plot_loss"),
    "api.for_keyring": Text("for login --keyring", "用于 login --keyring"),
    "api.for_modelscope": Text("for hub: modelscope", "用于 hub: modelscope"),
}
