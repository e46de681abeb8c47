"""Texts about runs: their names, folders, states and ends."""

from ftkernel.messages._text import Text

TEXTS = {
    "run.name_empty": Text(
        "A run's name is empty.",
        "运行的名称为空。",
        "Write a name, such as `first`, or none at all.",
        "请写一个名称，例如 `first`，或者干脆不写。",
    ),
    "run.none_named": Text(
        "{text!r} names no run.",
        "“{text}”没有指明运行。",
        "Write its name, its id or its folder, such as `first` or `first@40`; `%ft runs` lists all of them.",
        "请写名称、编号或文件夹，例如 `first` 或 `first@40`；`%ft runs` 会列出全部运行。",
    ),
    "run.name_path": Text(
        "{name!r} is no name for a run: a name is not a path.",
        "“{name}”不能作为运行名称：名称不是路径。",
        "Write `{better}`; where runs lie is said by `runs_dir`.",
        "请写 `{better}`；运行存放的位置由 `runs_dir` 指定。",
    ),
    "run.name_characters": Text(
        "{name!r} is no name for a run: it contains {character}.",
        "{name!r} 不能作为运行名称：其中包含 {character}。",
        "Use letters, digits, `-`, `_` and `.`, such as `{better}`.",
        "请只用字母（含汉字）、数字、`-`、`_` 和 `.`，例如 `{better}`。",
    ),
    "run.a_space": Text("a space", "空格"),
    "run.name_edges": Text(
        "{name!r} is no name for a run: it may not begin with `.` or `-`, nor end with `.`.",
        "“{name}”不能作为运行名称：不能以 `.` 或 `-` 开头，也不能以 `.` 结尾。",
        "Write `{better}`.",
        "请写 `{better}`。",
    ),
    "run.name_long": Text(
        "The name of the run is too long: {length} characters, at most {longest}.",
        "运行名称过长：{length} 个字符，最多 {longest} 个。",
        "Write a shorter one, such as `{better}`.",
        "请写短一些，例如 `{better}`。",
    ),
    "run.name_reserved": Text(
        "{name!r} is no name for a run: Windows keeps it for a device.",
        "“{name}”不能作为运行名称：它是 Windows 保留的设备名。",
        "Write `{better}`.",
        "请写 `{better}`。",
    ),
    "run.name_used_up": Text(
        "There are too many runs called {name!r} in {path}.",
        "{path} 中名为“{name}”的运行太多了。",
        "Choose another name.",
        "请换一个名称。",
    ),
    "run.disk_full": Text(
        "The disk is full: {path}",
        "磁盘已满：{path}",
        "Make room (`%ft rm NAME` removes a run), then `%ft resume` goes on from the last checkpoint.",
        "请先腾出空间（`%ft rm NAME` 可删除一个运行），然后用 `%ft resume` 从最后一个检查点继续。",
    ),
    "run.folder_lost": Text(
        "The folder of the run is gone: {path}",
        "运行的文件夹不见了：{path}",
        "It was removed or renamed, or its disk is not there. Put it back, or start a new run.",
        "它可能被删除或改名，或者所在磁盘已断开。请恢复它，或启动新的运行。",
    ),
    "run.meta_damaged": Text(
        "The run.json of run {name!r} is damaged: {path}",
        "运行“{name}”的 run.json 已损坏：{path}",
        "Bring it back from a backup; its checkpoints and its result are usable as folders as they are.",
        "请从备份恢复；其检查点和结果仍可作为文件夹直接使用。",
    ),
    "run.read_only": Text(
        "The folder can not be written: {path}",
        "文件夹不可写：{path}",
        "Allow writing there, or choose another place with `runs_dir`.",
        "请开放写权限，或用 `runs_dir` 选择别处。",
    ),
    "run.root_is_file": Text(
        "Runs can not lie in {path}: it is a file.",
        "{path} 是文件，运行无法存放在其中。",
        "Choose a folder with `runs_dir`.",
        "请用 `runs_dir` 指定一个文件夹。",
    ),
    "run.no_file_locks": Text(
        "The file system of {path} has no locks; only the heartbeat keeps a second worker away.",
        "{path} 所在的文件系统不支持文件锁；只有心跳能阻止第二个工作进程。",
    ),
    "run.driven_elsewhere": Text(
        "Run {name} is driven by process {pid} on {host}.",
        "运行 {name} 正由 {host} 上的进程 {pid} 执行。",
        "Look at it with `%ft show {name}`, or end it first with `%ft stop {name}`.",
        "用 `%ft show {name}` 查看，或先用 `%ft stop {name}` 结束它。",
    ),
    "run.locked": Text(
        "Run {name} is locked by another process.",
        "运行 {name} 被另一个进程锁定。",
        "Wait a moment and try again; `%ft show {name}` tells its state.",
        "请稍候再试；`%ft show {name}` 可查看其状态。",
    ),
    "run.not_found": Text(
        "There is no run called {name!r}. Did you mean {near}?",
        "没有名为“{name}”的运行。您是指 {near} 吗？",
        "`%ft runs` lists all of them.",
        "`%ft runs` 会列出全部运行。",
    ),
    "run.unknown": Text(
        "There is no run called {name!r}. The newest are {known}.",
        "没有名为“{name}”的运行。最近的有 {known}。",
        "`%ft runs` lists all of them.",
        "`%ft runs` 会列出全部运行。",
    ),
    "run.none_yet": Text(
        "There is no run called {name!r}, nor any other yet.",
        "没有名为“{name}”的运行，目前也没有任何运行。",
        "`%%finetune` starts one.",
        "用 `%%finetune` 启动一个。",
    ),
    "run.ambiguous": Text(
        "Several runs are meant by {name!r}: {choices}",
        "“{name}”对应多个运行：{choices}",
        "Write the id in brackets, or the path of the folder.",
        "请写括号里的 id，或文件夹路径。",
    ),
    "run.not_a_run": Text(
        "No run lies in {path!r}: it has no run.json.",
        "“{path}”不是运行文件夹：其中没有 run.json。",
        "`%ft runs` lists the runs with their folders.",
        "`%ft runs` 会列出所有运行及其文件夹。",
    ),
    "run.step_unreadable": Text(
        "{text!r} names no step: {step!r} after `@` is not a number.",
        "“{text}”没有指明步数：`@` 后的“{step}”不是数字。",
        "Write `name@40` for the checkpoint of step 40.",
        "例如写 `name@40` 表示第 40 步的检查点。",
    ),
    "run.no_checkpoint_yet": Text(
        "Run {name} has no checkpoint yet.",
        "运行 {name} 还没有检查点。",
        "Wait for the first one; `save_steps` and `save_minutes` say when it comes.",
        "请等待第一个检查点；何时保存由 `save_steps` 和 `save_minutes` 决定。",
    ),
    "run.no_checkpoint_ever": Text(
        "Run {name} has no checkpoint: it ended before the first one.",
        "运行 {name} 没有检查点：它在写出第一个检查点之前就结束了。",
        "`%ft wait {name}` says why it ended; `%ft resume {name}` starts it again from the beginning.",
        "`%ft wait {name}` 说明结束的原因；`%ft resume {name}` 从头重新开始。",
    ),
    "run.never_started": Text(
        "Run {name} has no checkpoint: it was never started.",
        "运行 {name} 没有检查点：它从未启动。",
        "`%ft resume {name}` starts it.",
        "`%ft resume {name}` 可启动它。",
    ),
    "run.checkpoints_damaged": Text(
        "Run {name} has no checkpoint that is whole: {damaged}.",
        "运行 {name} 没有完整的检查点：{damaged}。",
        "`%ft resume {name} --from 0` starts it again from the beginning.",
        "`%ft resume {name} --from 0` 从头重新开始。",
    ),
    "run.newest_damaged": Text(
        "The newest checkpoint of run {name}, {newest}, is damaged ({damage}); {used} is used instead.",
        "运行 {name} 的最新检查点 {newest} 已损坏（{damage}）；改用 {used}。",
    ),
    "run.goes_on": Text(
        "`%ft resume {name}` goes on from the last checkpoint",
        "`%ft resume {name}` 从最后一个检查点继续",
    ),
    "run.starts_again": Text(
        "`%ft resume {name}` starts it again from the beginning: there is no checkpoint",
        "`%ft resume {name}` 从头重新开始：没有检查点",
    ),
    "run.no_such_step": Text(
        "Run {name} has no checkpoint of step {step}; there are {steps}.",
        "运行 {name} 没有第 {step} 步的检查点；现有 {steps}。",
        "Write one of these after `@`.",
        "请在 `@` 后写其中之一。",
    ),
    "run.command_too_large": Text(
        "What was sent with {command!r} has {size:,} bytes; a command takes at most {most:,}.",
        "随“{command}”发送的内容有 {size:,} 字节；一条命令最多 {most:,} 字节。",
        "Shorten the text.",
        "请缩短文本。",
    ),
    "run.command_unknown": Text(
        "This worker knows no command {name!r}.", "该工作进程不认识命令“{name}”。"
    ),
    "run.killed_for_memory": Text(
        "The worker of run {name} was killed by the system: out of memory.",
        "运行 {name} 的工作进程被系统终止：内存不足。",
        "Lower per_device_train_batch_size or cutoff_len, then `%ft resume {name}`.",
        "请调低 per_device_train_batch_size 或 cutoff_len，然后 `%ft resume {name}`。",
    ),
    "run.killed": Text(
        "The worker of run {name} was killed by {how}.",
        "运行 {name} 的工作进程被信号 {how} 终止。",
        "{resume}; the log is {log}",
        "{resume}；日志见 {log}",
    ),
    "run.crashed": Text(
        "The worker of run {name} ended without a word, with exit code {how}.",
        "运行 {name} 的工作进程未作说明就结束了，退出码 {how}。",
        "The end of its log tells more: `%ft log {name}`",
        "日志末尾有更多信息：`%ft log {name}`",
    ),
    "run.died_unseen": Text(
        "The worker of run {name} is gone, and nobody saw it end.",
        "运行 {name} 的工作进程已不存在，且无人看到它如何结束。",
        "{resume}; the log is {log}",
        "{resume}；日志见 {log}",
    ),
    "run.machine_restarted": Text(
        "The machine was restarted while run {name} was going on.",
        "运行 {name} 进行期间机器被重启了。",
        "{resume}.",
        "{resume}。",
    ),
}
