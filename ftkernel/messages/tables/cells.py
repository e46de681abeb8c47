"""Texts of `cell`, which writes a cell, and of `clean`, which repairs saved notebooks."""

from ftkernel.messages._text import Text

TEXTS = {
    "subcommands.cell.about": Text(
        "Write the cell of a run or of a recipe file below this one.",
        "把运行或配方文件对应的单元格写在下面。",
    ),
    "subcommands.cell.recipe": Text(
        "a run, or a recipe file (YAML or JSON)", "运行，或配方文件（YAML 或 JSON）"
    ),
    "cell.below": Text(
        "The cell of '{name}' is below; run it to start a new run.",
        "“{name}”的单元格已写在下面；运行它即可启动新的运行。",
    ),
    "cell.copy": Text(
        "This page cannot write a cell from here. Copy this one:",
        "当前页面无法在这里写入单元格。请复制以下内容：",
    ),
    "cell.secret": Text("{name}: was given, and is never saved", "{name}：曾经给出，从不保存"),
    "cell.secret_among_others": Text(
        "{path} holds a secret, which is not written into a cell.",
        "{path} 中有机密信息，不会写入单元格。",
        "Leave it out of the file; %ft login keeps tokens.",
        "请从文件中去掉；%ft login 可保存令牌。",
    ),
    "cell.too_large": Text(
        "{path} is too large for a recipe.",
        "{path} 太大，不像是配方。",
        "A recipe is a short file of YAML or JSON.",
        "配方是简短的 YAML 或 JSON 文件。",
    ),
    "cell.variable_gone": Text(
        "${variable} is no variable of this notebook now; its rows of then are in {path}",
        "${variable} 目前不是本笔记本的变量；当时的数据在 {path}",
    ),
    "cell.not_exact": Text(
        "The recipe of run '{name}' cannot be written as a cell of this version: {keys} would differ.",
        "运行“{name}”的配方无法写成本版本的单元格：{keys} 会不同。",
        "The run's own recipe.yaml still has them.",
        "运行文件夹中的 recipe.yaml 仍保留它们。",
    ),
    "subcommands.clean.about": Text(
        "Repair widget state in saved notebooks that GitHub refuses; outputs stay.",
        "修复已保存笔记本中 GitHub 拒绝的控件状态；输出保持不变。",
    ),
    "subcommands.clean.notebook": Text(
        "a notebook's file, or a pattern such as *.ipynb", "笔记本文件，或 *.ipynb 这样的模式"
    ),
    "subcommands.clean.strip": Text(
        "remove the widget state in place of repairing it", "删除控件状态，而不是修复"
    ),
    "subcommands.clean.dry_run": Text(
        "say what would change; write nothing", "只说明会改什么，不写入"
    ),
    "clean.fine": Text("{path}: nothing to repair.", "{path}：无需修复。"),
    "clean.repaired": Text(
        "{path}: the state of {count:# widget|# widgets} is where GitHub looks for it. Reload the notebook if it is open.",
        "{path}：{count} 个控件的状态已放到 GitHub 查找的位置。若笔记本正打开，请重新加载。",
    ),
    "clean.repaired_dry": Text(
        "{path}: the state of {count:# widget|# widgets} would be put where GitHub looks for it.",
        "{path}：将把 {count} 个控件的状态放到 GitHub 查找的位置。",
    ),
    "clean.stripped": Text(
        "{path}: the state of {count:# widget|# widgets} was removed, {size}. Reload the notebook if it is open.",
        "{path}：已删除 {count} 个控件的状态，共 {size}。若笔记本正打开，请重新加载。",
    ),
    "clean.stripped_dry": Text(
        "{path}: the state of {count:# widget|# widgets} would be removed, {size}.",
        "{path}：将删除 {count} 个控件的状态，共 {size}。",
    ),
    "clean.no_match": Text(
        "No file matches {pattern}.",
        "没有与 {pattern} 匹配的文件。",
        "Write a notebook's file, or a pattern such as *.ipynb.",
        "请写笔记本文件，或 *.ipynb 这样的模式。",
    ),
    "clean.missing": Text(
        "There is no file {path}.",
        "没有文件 {path}。",
        "Write a notebook's file, or a pattern such as *.ipynb.",
        "请写笔记本文件，或 *.ipynb 这样的模式。",
    ),
    "clean.folder": Text(
        "{path} is a folder.",
        "{path} 是文件夹。",
        "Write its notebooks: {path}/*.ipynb",
        "请写其中的笔记本：{path}/*.ipynb",
    ),
    "clean.unreadable": Text(
        "{path} cannot be read: {reason}.",
        "无法读取 {path}：{reason}。",
        "Make it readable for yourself.",
        "请使其可读。",
    ),
    "clean.too_large": Text(
        "{path} has {size} MB, which is too large to be looked into.",
        "{path} 有 {size} MB，太大，无法检查。",
        "Clear its outputs first.",
        "请先清除其输出。",
    ),
    "clean.not_text": Text(
        "{path} is no notebook: it is not text in UTF-8. It is left as it is.",
        "{path} 不是笔记本：不是 UTF-8 文本。文件保持原样。",
    ),
    "clean.not_json": Text(
        "{path} is no notebook: it is not JSON, from line {line} on. It is left as it is.",
        "{path} 不是笔记本：从第 {line} 行起不是 JSON。文件保持原样。",
        "Where git wrote its marks of a conflict into it, settle that first.",
        "如果其中有 git 的冲突标记，请先解决冲突。",
    ),
    "clean.no_notebook": Text(
        "{path} is JSON, but no notebook. It is left as it is.",
        "{path} 是 JSON，但不是笔记本。文件保持原样。",
    ),
    "clean.unknown_state": Text(
        "{path} has widget state of a kind that cannot be repaired. It is left as it is.",
        "{path} 中的控件状态无法修复。文件保持原样。",
        "With --strip the state is removed; the outputs stay.",
        "加上 --strip 可删除控件状态；输出保持不变。",
    ),
    "clean.read_only": Text(
        "{path} is read-only; it is left as it is.",
        "{path} 是只读文件；保持原样。",
        "Make it writable, or clean a copy.",
        "请使其可写，或清理一份副本。",
    ),
    "clean.not_written": Text(
        "{path} cannot be written: {reason}. It is left as it is.",
        "无法写入 {path}：{reason}。文件保持原样。",
    ),
    "clean.changed_meanwhile": Text(
        "{path} was saved by somebody else meanwhile; it is left as it is.",
        "{path} 同时被其他程序保存；保持原样。",
        "Close the notebook, or try again.",
        "请关闭该笔记本，或重试。",
    ),
    "clean.some_failed": Text(
        "{count} of {total} notebooks could not be cleaned; they are left as they are.",
        "{total} 个笔记本中有 {count} 个未能清理；它们保持原样。",
    ),
}
