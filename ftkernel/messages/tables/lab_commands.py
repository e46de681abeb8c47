"""Texts of the commands of the JupyterLab extension, and of the notebook that they begin."""

from ftkernel.messages._text import Text

TEXTS = {
    "lab_commands.new": Text("New Fine-Tuning Notebook", "新建微调笔记本"),
    "lab_commands.new_short": Text("Fine-Tuning Notebook", "微调笔记本"),
    "lab_commands.new_help": Text(
        "Create a notebook that fine-tunes a small model on demo rows",
        "新建一个笔记本，用演示数据微调一个小模型",
    ),
    "lab_commands.folder": Text("The folder to create it in", "创建笔记本的文件夹"),
    "lab_commands.no_python": Text(
        "No Python kernel is installed, and fine-tuning needs one.",
        "没有安装 Python 内核，而微调需要它。",
    ),
    "lab_commands.insert": Text("Insert Fine-Tuning Cell Below", "在下方插入微调单元格"),
    "lab_commands.insert_help": Text(
        "Write a cell with a recipe below the active one; it is not run",
        "在当前单元格下方写入一个配方单元格，不会运行",
    ),
    "lab_commands.source": Text(
        "The text of the cell; a recipe by default", "单元格的内容；默认是一份配方"
    ),
    "lab_commands.run_id": Text("The run whose recipe it gets", "取用其配方的运行的编号"),
    "lab_commands.starter.title": Text("# Fine-tune a model", "# 微调一个模型"),
    "lab_commands.starter.begin": Text(
        "Run the cells one after the other. Change the recipe as you like: Tab completes keys and values.",
        "依次运行各单元格。可以随意修改配方：按 Tab 键可补全键和值。",
    ),
    "lab_commands.starter.train": Text(
        "The cell returns at once; training goes on in a process of its own. Put your own file in place of `demo`.",
        "单元格会立即返回，训练在单独的进程中继续。可以把 `demo` 换成自己的文件。",
    ),
    "lab_commands.starter.ask": Text(
        "Ask the model, while it learns or afterwards.",
        "在训练时或训练后向模型提问。",
    ),
}
