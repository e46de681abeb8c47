"""Words beside the offers of completion: a few letters each."""

from ftkernel.messages._text import Text

TEXTS = {
    "views.keys.example": Text("for example", "示例"),
    "completion.short_for": Text("short for {name}", "即 {name}"),
    "completion.only_stage": Text("only with stage: {names}", "仅用于 stage: {names}"),
    "completion.only_method": Text(
        "only with finetuning_type: {names}", "仅用于 finetuning_type: {names}"
    ),
    "completion.not_training": Text("not for training", "不用于训练"),
    "completion.example": Text("for example", "示例"),
    "completion.listed": Text("in the list already", "列表中已有"),
    "completion.default": Text("default", "默认"),
    "completion.embedded": Text("embedded", "内置"),
    "completion.demo": Text("shipped rows", "自带数据"),
    "completion.rows": Text("{type}, {count:# row|# rows}", "{type}，{count} 行"),
    "completion.folder": Text("folder", "文件夹"),
    "completion.checkpoint": Text("checkpoint", "检查点"),
}
