"""Texts of the help while a recipe is written in JupyterLab."""

from ftkernel.messages._text import Text

TEXTS = {
    "lab_editing.choices": Text("choices", "可选值"),
    "lab_editing.replace": Text("Change to {text}", "改为 {text}"),
    "lab_editing.fix": Text("Correct the Recipe at the Cursor", "修正光标处的配方"),
    "lab_editing.fix_caption": Text(
        "Put what was probably meant in the place of what was written",
        "用可能想写的内容替换已写的内容",
    ),
    "lab_editing.problems": Text("{problems:# problem|# problems}", "{problems} 个问题"),
    "lab_editing.notes": Text("{notes:# note|# notes}", "{notes} 条说明"),
    "lab_editing.memory": Text(
        "Memory: at most {needs} of the {has} that are free",
        "内存：最多 {needs}，可用 {has}",
    ),
    "lab_editing.memory_short": Text(
        "Memory: up to {needs}, and only {has} are free",
        "内存：最多 {needs}，而可用的只有 {has}",
    ),
    "lab_editing.too_long": Text(
        "Not checked while it is written: the recipe has {length} characters, more than {most}.",
        "编写时不检查：配方有 {length} 个字符，超过 {most} 个。",
    ),
    "lab_editing.too_long_hint": Text(
        "It is checked when the cell is run.", "运行单元格时会检查。"
    ),
    # The settings.
    "lab_settings.recipeHighlighting": Text("Highlighting of recipes", "配方高亮"),
    "lab_settings.recipeHighlighting.help": Text(
        "Show the body of %%finetune cells as YAML.",
        "将 %%finetune 单元格的内容显示为 YAML。",
    ),
    "lab_settings.recipeCompletion": Text("Completion in recipes", "配方补全"),
    "lab_settings.recipeCompletion.help": Text(
        "Offer keys and values in %%finetune cells, with or without a kernel.",
        "在 %%finetune 单元格中提示键和值，有无内核均可。",
    ),
    "lab_settings.recipeHover": Text("Help on keys", "键的说明"),
    "lab_settings.recipeHover.help": Text(
        "Explain a key of a %%finetune cell where the pointer rests on it.",
        "指针停在 %%finetune 单元格的键上时显示其说明。",
    ),
    "lab_settings.recipeChecks": Text("Checks of recipes", "配方检查"),
    "lab_settings.recipeChecks.help": Text(
        "Underline what is wrong in a %%finetune cell while it is written, and say what the run "
        "would take.",
        "编写 %%finetune 单元格时标出错误，并说明运行所需的资源。",
    ),
}
