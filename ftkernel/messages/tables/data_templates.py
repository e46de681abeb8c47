"""Texts of the prompt formats by name."""

from ftkernel.messages._text import Text

TEXTS = {
    "data.template_unknown": Text(
        "There is no template '{name}'.",
        "没有名为“{name}”的模板。",
        "Leave `template` out for the model's own chat template, or write one of the {count} names: completion after `template:` lists them.",
        "不写 `template` 则使用模型自带的对话模板；或写 {count} 个名称之一：在 `template:` 后补全即可列出。",
    ),
    "data.template_unknown_near": Text(
        "There is no template '{name}'. Nearest: {nearest}.",
        "没有名为“{name}”的模板。最接近的是：{nearest}。",
        "Write the name that is meant, or leave `template` out for the model's own chat template.",
        "请写出所指的名称，或不写 `template` 以使用模型自带的对话模板。",
    ),
}
