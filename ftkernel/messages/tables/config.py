"""Texts of the settings: what each settles, where its value comes from, what is wrong with one."""

from ftkernel.messages._text import Text

TEXTS = {
    "config.unknown": Text(
        "There is no setting '{name}'.",
        "没有设置项“{name}”。",
        "There are: {names}.",
        "可用的有：{names}。",
    ),
    "config.unknown_near": Text(
        "There is no setting '{name}'. Did you mean {near}?",
        "没有设置项“{name}”。您是指 {near} 吗？",
        "There are: {names}.",
        "可用的有：{names}。",
    ),
    "config.bad_choice": Text(
        "The setting {name} cannot be '{value}'.",
        "设置项 {name} 不能为“{value}”。",
        "Write one of: {choices}.",
        "请写以下之一：{choices}。",
    ),
    "config.bad_choice_near": Text(
        "The setting {name} cannot be '{value}'. Did you mean {near}?",
        "设置项 {name} 不能为“{value}”。您是指 {near} 吗？",
        "Write one of: {choices}.",
        "请写以下之一：{choices}。",
    ),
    "config.bad_seconds": Text(
        "The setting {name} is a number of seconds from {least} to {most}; '{value}' is none.",
        "设置项 {name} 是 {least} 到 {most} 之间的秒数；“{value}”不是。",
        "Write for example 0.5.",
        "例如写 0.5。",
    ),
    "config.bad_memory": Text(
        "The setting {name} is an amount of memory; '{value}' is none.",
        "设置项 {name} 是内存大小；“{value}”不是。",
        "Write for example 2GB, 500MB, a number of bytes, or auto.",
        "例如写 2GB、500MB、字节数或 auto。",
    ),
    "config.bad_folder": Text(
        "The setting {name} is a folder; '{value}' cannot be one.",
        "设置项 {name} 是文件夹；“{value}”不能作为文件夹。",
        "Write for example ~/runs.",
        "例如写 ~/runs。",
    ),
    "config.folder_is_file": Text(
        "The setting {name} is a folder, and {value} is a file.",
        "设置项 {name} 是文件夹，而 {value} 是文件。",
        "Write a folder; it is made when the first run starts.",
        "请写文件夹；第一次运行时会自动创建。",
    ),
    "config.file_broken": Text(
        "The file of settings cannot be read as JSON; it is left as it is, and does not count.",
        "设置文件无法按 JSON 读取；文件保持原样，且不起作用。",
        "Mend it by hand, or move it out of the way with: %ft config --reset",
        "请手工修复，或用 %ft config --reset 把它移开。",
    ),
    "config.file_unreadable": Text(
        "The file of settings {path} cannot be read: {reason}.",
        "无法读取设置文件 {path}：{reason}。",
        "Make it readable for yourself; until then it does not count.",
        "请使其可读；在此之前它不起作用。",
    ),
    "config.not_written": Text(
        "The file of settings {path} cannot be written: {reason}. Nothing was changed.",
        "无法写入设置文件 {path}：{reason}。没有做任何改动。",
        "For this session alone, write: %config FtConfig.NAME = VALUE",
        "只在本次会话中生效可写：%config FtConfig.NAME = VALUE",
    ),
    "config.file_busy": Text(
        "The file of settings {path} is being written by another process.",
        "另一个进程正在写设置文件 {path}。",
        "Try again in a moment.",
        "请稍后再试。",
    ),
    "config.help.display": Text(
        "How runs and chats appear: panel (live, with buttons), html (a picture that is replaced), text, or auto (what this front end can do).",
        "运行与对话的显示方式：panel（实时、带按钮）、html（不断替换的图）、text（文字）或 auto（由前端能力决定）。",
    ),
    "config.help.language": Text(
        "The language of every text: en, zh, or auto (that of the front end or the system).",
        "所有文字的语言：en、zh 或 auto（跟随前端或系统）。",
    ),
    "config.help.runs_dir": Text(
        "Where runs go when the recipe does not say; a relative folder counts from where the kernel started. Without it: ft-runs there.",
        "配方未指定时运行保存的文件夹；相对路径从内核启动处算起。不设则为该处的 ft-runs。",
    ),
    "config.help.warm": Text(
        "Keep a worker ready, so that the next run starts at once: on, off, or auto (where memory allows, and not on a shared server).",
        "预备一个工作进程，使下一次运行立即开始：on、off 或 auto（内存允许且不在共享服务器上时）。",
    ),
    "config.help.keep_model": Text(
        "Let that worker hold the last base model: on, off, or auto (on a machine with room).",
        "让预备的工作进程保留上一个基础模型：on、off 或 auto（内存充足时）。",
    ),
    "config.help.warm_memory": Text(
        "The most memory that the waiting worker may take, such as 2GB; auto: a share of what is free.",
        "预备的工作进程最多占用的内存，例如 2GB；auto 为可用内存的一部分。",
    ),
    "config.help.chat_memory": Text(
        "The most memory that models kept for chatting may take together, such as 8GB; auto: half of all.",
        "为对话保留的模型合计最多占用的内存，例如 8GB；auto 为全部内存的一半。",
    ),
    "config.help.refresh_seconds": Text(
        "How often a live view is brought up to date at most, in seconds.",
        "实时视图两次更新之间的最短间隔（秒）。",
    ),
    "config.help.debug": Text(
        "Show whole traces below errors: true or false.",
        "在错误下方显示完整的堆栈：true 或 false。",
    ),
    "config.caption": Text("Settings", "设置"),
    "config.column.name": Text("name", "名称"),
    "config.column.value": Text("value", "值"),
    "config.column.source": Text("from", "来源"),
    "config.column.about": Text("what it settles", "作用"),
    "config.source.session": Text("this session", "本次会话"),
    "config.source.environment": Text("environment: {variable}", "环境变量：{variable}"),
    "config.source.file": Text("your file", "您的设置文件"),
    "config.source.profile": Text("IPython's profile", "IPython 配置"),
    "config.source.default": Text("default", "默认"),
    "config.file": Text("Your file of settings: {path}", "您的设置文件：{path}"),
    "config.saved": Text("{name} is kept in {path}.", "{name} 已保存到 {path}。"),
    "config.environment_wins": Text(
        "In this process {variable}={value} in the environment counts before it.",
        "在本进程中，环境变量 {variable}={value} 优先于它。",
    ),
    "config.was_reset": Text("{name} is as it was at first.", "{name} 已恢复。"),
    "config.was_not_set": Text("{name} was not set.", "{name} 未曾设置。"),
    "config.nothing_to_reset": Text("Nothing was set in your file.", "您的设置文件中没有设置。"),
    "config.all_reset": Text(
        "All settings are as they were at first; your file is now {path}.",
        "全部设置已恢复；您原来的设置文件现为 {path}。",
    ),
    "config.value_and_reset": Text(
        "A value and --reset contradict each other.",
        "值与 --reset 互相矛盾。",
        "{prefix} config {name} --reset gives the setting back; without --reset the value is kept.",
        "{prefix} config {name} --reset 恢复设置；不写 --reset 则保存这个值。",
    ),
    "subcommands.config.about": Text(
        "Show the settings; keep one for all notebooks, or give it back.",
        "显示设置；为所有笔记本保存一项设置，或恢复它。",
    ),
    "subcommands.config.name": Text("a setting", "设置项"),
    "subcommands.config.value": Text("the value to keep in your file", "保存到您的设置文件中的值"),
    "subcommands.config.reset": Text(
        "give the setting back; without a name: all, with your file moved aside",
        "恢复这一项；不写名称则恢复全部，并把设置文件移开",
    ),
}
