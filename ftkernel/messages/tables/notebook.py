"""Texts of the notebook's front: the magics, Interrupt, errors at the boundary."""

from ftkernel.messages._text import Text

TEXTS = {
    "notebook.unexpected": Text(
        "Something unexpected happened in ftkernel: {type}: {message}",
        "ftkernel 内部发生意外：{type}：{message}",
        "The whole trace is in {log}.\n%ft config debug true shows traces with the errors.",
        "完整的堆栈见 {log}。\n%ft config debug true 可随错误显示堆栈。",
    ),
    "notebook.interrupted": Text(
        "Interrupted; nothing else was ended.", "已中断；没有终止其他任务。"
    ),
    "notebook.stopped_waiting": Text(
        "No longer waiting; run '{name}' goes on. Interrupt again within two seconds to stop it with a checkpoint.",
        "不再等待；运行“{name}”仍在继续。两秒内再次中断则保存检查点并停止它。",
    ),
    "notebook.waiting_ended": Text(
        "Stopped waiting for run '{name}', which goes on.",
        "已停止等待运行“{name}”，它仍在继续。",
        "%ft wait {name} waits again; %ft stop {name} stops it with a checkpoint.",
        "%ft wait {name} 可重新等待；%ft stop {name} 保存检查点并停止。",
    ),
    "notebook.stopping": Text(
        "Stopping run '{name}' with a checkpoint …", "正在保存检查点并停止运行“{name}”…"
    ),
    "notebook.stopped_by_interrupt": Text(
        "Run '{name}' was interrupted and is now {state}.",
        "运行“{name}”被中断，现在的状态：{state}。",
        "%ft resume {name} goes on from its checkpoint.",
        "%ft resume {name} 从检查点继续。",
    ),
    "notebook.stopped_before_checkpoint": Text(
        "Run '{name}' was interrupted and is now {state}.",
        "运行“{name}”被中断，现在的状态：{state}。",
        "%ft resume {name} starts it again from the beginning: there is no checkpoint.",
        "%ft resume {name} 从头重新开始：没有检查点。",
    ),
    "notebook.still_stopping": Text(
        "Stopped waiting; run '{name}' is still writing its checkpoint and will end by itself.",
        "已停止等待；运行“{name}”仍在写检查点，随后会自行结束。",
        "%ft show {name} tells when it has.",
        "%ft show {name} 可查看是否已结束。",
    ),
    "notebook.empty_cell": Text(
        "The cell is empty: %%finetune wants a recipe below its first line.",
        "单元格为空：%%finetune 的第一行下面应写配方。",
        "For example:\n  model: smollm2-135m\n  data: demo\n  steps: 40",
        "例如：\n  model: smollm2-135m\n  data: demo\n  steps: 40",
    ),
    "notebook.line_magic": Text(
        "%finetune with one % takes no recipe.",
        "单个 % 的 %finetune 不接受配方。",
        "Write %%finetune in the first line of a cell and the recipe below it; %finetune --help says more.",
        "请在单元格第一行写 %%finetune，并在下面写配方；详见 %finetune --help。",
    ),
    "notebook.empty_chat": Text(
        "The cell is empty: %%chat wants what you say to the model below its first line.",
        "单元格为空：%%chat 的第一行下面应写要对模型说的话。",
        "For example:\n  Who are you?",
        "例如：\n  你是谁？",
    ),
    "notebook.chat_text_on_line": Text(
        "'{text}' stands on the line of %%chat, which takes only the run and options.",
        "“{text}”写在了 %%chat 那一行，那里只能写运行名和选项。",
        "Write what you say to the model below the line.",
        "请把要对模型说的话写在下面。",
    ),
    "notebook.open_quote": Text(
        "A quote is left open in: {line}",
        "引号没有闭合：{line}",
        "Close it, or remove it.",
        "请补上或去掉引号。",
    ),
    "notebook.no_variable_name": Text(
        "'{name}' cannot be the name of a variable.",
        "“{name}”不能作为变量名。",
        "Write -o and a name of letters, digits and underscores, such as -o run.",
        "请在 -o 后写由字母、数字和下划线组成的名字，例如 -o run。",
    ),
    "notebook.finetune_about": Text(
        "Fine-tune a model as the recipe in the cell's body says; the cell returns at once.",
        "按单元格中的配方微调模型；单元格立即返回。",
    ),
    "notebook.help_name": Text("what the run is called", "运行的名字"),
    "notebook.help_wait": Text("wait until the run has ended", "等待运行结束"),
    "notebook.help_detach": Text(
        "let the run go on when this kernel or terminal ends", "内核或终端结束后让运行继续"
    ),
    "notebook.help_dry_run": Text(
        "say steps, tokens, memory and time; start nothing", "只说明步数、词元、内存和时间，不启动"
    ),
    "notebook.help_o": Text("store the run in this variable", "把运行存入这个变量"),
    "notebook.live_unknown": Text(
        "A panel can not do '{what}'.",
        "面板不支持“{what}”操作。",
        "Reload the page: it may be of another version than the kernel.",
        "请刷新页面：页面与内核的版本可能不同。",
    ),
    "notebook.live_long_prompt": Text(
        "The prompt has {count} characters; {most} are the most.",
        "提示有 {count} 个字符，最多 {most} 个。",
        "Shorten it.",
        "请缩短提示。",
    ),
}
