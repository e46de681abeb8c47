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
    "data.tool_format_unknown": Text(
        "There is no tool format '{name}'.",
        "没有名为“{name}”的工具格式。",
        "Possible: {known}. Leave `tool_format` out for the template's own.",
        "可用：{known}。不写 `tool_format` 则使用模板自带的格式。",
    ),
    "data.tools_unreadable": Text(
        "a tool cannot be described in the tool format '{format}': {problem}",
        "工具无法用工具格式“{format}”描述：{problem}",
        'A tool has `name`, `description` and `parameters` (a JSON schema with `properties`), or is {{"type": "function", "function": …}} around these.',
        '工具应有 `name`、`description` 和 `parameters`（含 `properties` 的 JSON schema），也可外包一层 {{"type": "function", "function": …}}。',
    ),
    "data.calls_unreadable": Text(
        "a tool call cannot be written in the tool format '{format}': {problem}",
        "工具调用无法用工具格式“{format}”写出：{problem}",
        "The arguments of a call are a mapping from names to values.",
        "调用的参数应是从名称到值的映射。",
    ),
    "data.calls_parallel": Text(
        "{count} tools are called at once, and the tool format 'glm4' can write one call only",
        "一次调用了 {count} 个工具，而工具格式“glm4”只能写一个调用",
        "Name another `tool_format`, or part the calls into several turns.",
        "请指定其他 `tool_format`，或把调用拆成多轮。",
    ),
    "data.template_turns": Text(
        "message {number} is of the role '{role}' after '{before}': prompt formats by name know questions and answers in turn only",
        "第 {number} 条消息的角色是“{role}”，而前一条是“{before}”：按名称选用的提示格式只支持问答交替",
        "Let the assistant answer each question (or tool) once, or leave `template` out for the model's own chat template.",
        "请让 assistant 对每个提问（或工具结果）回答一次；或不写 `template` 以使用模型自带的对话模板。",
    ),
}
