"""Texts of chatting with a model."""

from ftkernel.messages._text import Text

TEXTS = {
    "inference.unknown_setting": Text(
        'Chat has no setting "{name}".',
        "对话没有名为“{name}”的设置。",
        "There are: {known}.",
        "可用的设置：{known}。",
    ),
    "inference.bad_seed": Text(
        'A seed is a whole number from 0 to {most}; "{value}" is none.',
        "随机种子必须是 0 到 {most} 的整数；“{value}”不是。",
        "Write for example seed: 42.",
        "例如写 seed: 42。",
    ),
    "inference.bad_stop": Text(
        'Stop strings are one text or a list of texts; "{value}" is neither.',
        "停止字符串应是一段文本或文本列表；“{value}”两者都不是。",
        'Write for example stop: ["\\n\\n"].',
        '例如写 stop: ["\\n\\n"]。',
    ),
    "inference.greedy": Text(
        "Temperature 0: the likeliest token is always taken (do_sample: false).",
        "温度为 0：始终取最可能的词元（do_sample: false）。",
    ),
    "inference.shortened": Text(
        "The model takes {limit:,} tokens and the conversation has {tokens:,}: the answer ends after "
        "{room:,} tokens instead of {wanted:,}.",
        "模型最多接受 {limit:,} 个词元，对话已有 {tokens:,} 个：回答最多 {room:,} 个词元，而不是 {wanted:,} 个。",
    ),
    "inference.prompt_too_long": Text(
        "The conversation has {tokens:,} tokens, and the model takes at most {limit:,}, answer included.",
        "对话有 {tokens:,} 个词元，而模型（连同回答）最多接受 {limit:,} 个。",
        "Start a new conversation, or shorten the question.",
        "请开始新的对话，或缩短问题。",
    ),
    "inference.bad_messages": Text(
        "A question needs a list of messages with role and content, the last one from the user; {found} was "
        "given.",
        "提问需要带有 role 和 content 的消息列表，且最后一条来自用户；收到的是 {found}。",
        'For example [{{"role": "user", "content": "Who are you?"}}].',
        '例如 [{{"role": "user", "content": "你是谁？"}}]。',
    ),
    "inference.bad_side": Text(
        'A question goes to "tuned", "base" or "both"; "{side}" is none of them.',
        "提问的对象是 “tuned”、“base” 或 “both”；“{side}”不是其中之一。",
    ),
    "inference.no_tuned": Text(
        "There is nothing tuned to talk to yet: {path} holds neither an adapter nor a model.",
        "还没有可以对话的微调结果：{path} 中既没有适配器也没有模型。",
        "Wait for the first checkpoint, or ask the base model with --base.",
        "请等待第一个检查点，或用 --base 询问基座模型。",
    ),
    "inference.only_base": Text(
        "No adapter was named, so there is only the base model to talk to.",
        "没有指定适配器，因此只能与基座模型对话。",
        "Leave --ab away, or name a run or adapter_name_or_path.",
        "请去掉 --ab，或指定一个运行或 adapter_name_or_path。",
    ),
    "inference.memory": Text(
        "The model needs about {needed} of memory, and {available} are available.",
        "模型大约需要 {needed} 内存，而可用的只有 {available}。",
        "Stop other chats or runs, or set infer_dtype: bfloat16 to halve what it needs.",
        "请停止其他对话或运行，或设置 infer_dtype: bfloat16 使需求减半。",
    ),
    "inference.swapped": Text(
        "Tuned and base model do not fit into memory together ({needed} needed, {available} available): they "
        "are loaded in turn.",
        "微调模型与基座模型无法同时放入内存（需要 {needed}，可用 {available}）：两者轮流加载。",
    ),
    "inference.bad_request": Text(
        "The chat worker did not understand a request: {found}.",
        "对话进程无法理解请求：{found}。",
    ),
    "inference.no_model": Text(
        "The chat job names no model.",
        "对话任务没有指定模型。",
        'It needs {{"model": {{"base": …, "adapter": …}}}}.',
        '需要 {{"model": {{"base": …, "adapter": …}}}}。',
    ),
    "inference.no_transcript": Text(
        "The transcript {path} can not be written ({reason}); the chat goes on without it.",
        "无法写入对话记录 {path}（{reason}）；对话将继续，但不再记录。",
    ),
}
