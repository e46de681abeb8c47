"""Texts of the chat panel: what it says itself, and what stands on its buttons.

The front end has them too: ``labextension/export_texts.py`` writes them where it imports them.
"""

from ftkernel.messages._text import Text

TEXTS = {
    # Who answers.
    "chat_panel.side.now": Text("Training now", "训练中（当前权重）"),
    "chat_panel.side.tuned": Text("Tuned", "微调后"),
    "chat_panel.side.base": Text("Base", "基础模型"),
    "chat_panel.side.step": Text("Step {step}", "第 {step} 步"),
    "chat_panel.source.second": Text(
        "A second worker answers from the checkpoint. Training goes on, but the two share memory and processors, so both are slower.",
        "由第二个进程用检查点回答。训练继续进行，但两者共用内存和处理器，都会变慢。",
    ),
    "chat_panel.source.held": Text(
        "Its chat workers hold {memory} of memory and leave after ten idle minutes.",
        "对话进程占用 {memory} 内存，空闲十分钟后退出。",
    ),
    "chat_panel.source.in_turn": Text(
        "Each checkpoint has a worker of its own; they answer one after the other, and where memory is short one is unloaded for the next.",
        "每个检查点各有一个进程，依次回答；内存不足时会先卸载一个再加载下一个。",
    ),
    "chat_panel.training_waited": Text(
        "Training waited {seconds} s for this answer.", "训练为这个回答暂停了 {seconds} 秒。"
    ),
    "chat_panel.left_out": Text(
        "{count:# earlier turn|# earlier turns} without an answer left out.",
        "略去 {count} 轮没有回答的提问。",
    ),
    # What is being done.
    "chat_panel.waiting": Text("Waiting for the worker …", "等待工作进程……"),
    "chat_panel.stopping": Text("Stopping …", "正在停止……"),
    "chat_panel.facts.stop": Text(
        "{tokens:# token|# tokens} · {seconds} s · {rate} tokens/s · seed {seed}",
        "{tokens} 个词元 · {seconds} 秒 · 每秒 {rate} 个 · 种子 {seed}",
    ),
    "chat_panel.facts.length": Text(
        "{tokens:# token|# tokens}, cut off at the longest · {seconds} s · {rate} tokens/s · seed {seed}",
        "{tokens} 个词元，已达最大长度 · {seconds} 秒 · 每秒 {rate} 个 · 种子 {seed}",
    ),
    "chat_panel.facts.cancelled": Text(
        "{tokens:# token|# tokens}, stopped · {seconds} s · {rate} tokens/s · seed {seed}",
        "{tokens} 个词元，已停止 · {seconds} 秒 · 每秒 {rate} 个 · 种子 {seed}",
    ),
    # What is refused.
    "chat_panel.no_text": Text(
        "There is nothing to ask.", "没有内容可问。", "Write something first.", "请先写点什么。"
    ),
    "chat_panel.long_text": Text(
        "The question has {length:,} characters; a panel takes {most:,}.",
        "问题有 {length:,} 个字符；面板最多接受 {most:,} 个。",
        "Shorten it.",
        "请缩短。",
    ),
    "chat_panel.busy": Text(
        "An answer is still being written.",
        "还有回答正在生成。",
        "Wait for its end, or stop it.",
        "请等它结束，或停止它。",
    ),
    "chat_panel.turn_gone": Text(
        "This conversation has no such turn any more.",
        "这段对话中已没有这一轮。",
        "It was perhaps changed in another tab; go on from what is shown now.",
        "可能已在其他标签页中更改；请从现在显示的内容继续。",
    ),
    "chat_panel.conversation_gone": Text(
        "That conversation cannot be read any more.",
        "那段对话已无法读取。",
        "Its file was deleted or damaged; the one that is shown stays.",
        "文件已被删除或损坏；当前显示的对话保留。",
    ),
    "chat_panel.no_such_side": Text(
        "Nobody can answer as '{side}'.",
        "没有名为“{side}”的回答方。",
        "Choose among those that are shown; checkpoints may have been deleted meanwhile.",
        "请在显示的选项中选择；检查点可能已被删除。",
    ),
    "chat_panel.no_side": Text(
        "Nobody is chosen to answer.",
        "没有选择由谁回答。",
        "Choose at least one above the question.",
        "请在输入框上方至少选择一个。",
    ),
    "chat_panel.many_sides": Text(
        "{count} were chosen to answer, and there is room for {most}.",
        "选择了 {count} 个回答方，最多 {most} 个。",
        "Take some away.",
        "请减少一些。",
    ),
    "chat_panel.no_transcript": Text(
        "The conversation is not written down any more ({reason}); it is kept in this panel only.",
        "对话不再写入文件（{reason}），只保留在这个面板中。",
        "If the run was deleted, copy what you need from here.",
        "如果运行已被删除，请从这里复制需要的内容。",
    ),
    "chat_panel.broken": Text(
        "The panel could not do that ({reason}).",
        "面板无法完成该操作（{reason}）。",
        "The conversation is unharmed: try again. The trace is in the log that %ft log names.",
        "对话没有受损：请重试。跟踪信息见 %ft log 所示的日志。",
    ),
    "chat_panel.static": Text(
        "Chat with {name}. Run the cell again to go on with it; the conversation is kept in the run's folder.",
        "与 {name} 的对话。重新执行该单元格即可继续；对话保存在运行的文件夹中。",
    ),
    "chat_panel.not_here": Text(
        "The chat panel needs a notebook with widgets, and this is none.",
        "对话面板需要支持小部件的笔记本，而这里没有。",
        "Ask one turn at a time: {prefix} chat {name} TEXT.",
        "请一次问一句：{prefix} chat {name} TEXT。",
    ),
    # What stands in the page.
    "chat_panel.label": Text("Chat with {name}", "与 {name} 对话"),
    "chat_panel.conversation": Text("Conversation", "对话内容"),
    "chat_panel.empty": Text(
        "Ask {name} something. The conversation is kept in the run's folder.",
        "向 {name} 提问。对话会保存在运行的文件夹中。",
    ),
    "chat_panel.empty_unkept": Text(
        "Ask {name} something. It is no run, so the conversation is kept in this panel only.",
        "向 {name} 提问。它不是运行，对话只保留在这个面板中。",
    ),
    "chat_panel.you": Text("You", "您"),
    "chat_panel.question": Text("Your question", "您的问题"),
    "chat_panel.placeholder": Text(
        "Ask something (Enter sends, Shift+Enter for a new line)",
        "输入问题（Enter 发送，Shift+Enter 换行）",
    ),
    "chat_panel.send": Text("Send", "发送"),
    "chat_panel.stop": Text("Stop", "停止"),
    "chat_panel.edit": Text("Edit", "编辑"),
    "chat_panel.edit_question": Text("Edit this question and ask again", "编辑这个问题并重新提问"),
    "chat_panel.cancel": Text("Cancel", "取消"),
    "chat_panel.ask_again": Text("Ask again", "重新提问"),
    "chat_panel.again": Text("Regenerate", "重新生成"),
    "chat_panel.try_again": Text("Try again", "重试"),
    "chat_panel.copy": Text("Copy", "复制"),
    "chat_panel.copied": Text("Copied", "已复制"),
    "chat_panel.copy_failed": Text("Could not be copied", "无法复制"),
    "chat_panel.copy_code": Text("Copy code", "复制代码"),
    "chat_panel.clear": Text("Clear", "清空"),
    "chat_panel.clear_help": Text(
        "Begin a new conversation; this one stays in the list",
        "开始新的对话；当前对话仍保留在列表中",
    ),
    "chat_panel.open": Text("Earlier conversations", "以前的对话"),
    "chat_panel.open_none": Text("New conversation", "新对话"),
    "chat_panel.earlier": Text("Earlier version", "上一个版本"),
    "chat_panel.later": Text("Later version", "下一个版本"),
    "chat_panel.version": Text("{at} of {count}", "{at} / {count}"),
    "chat_panel.answered_by": Text("Answered by", "回答方"),
    "chat_panel.checkpoint": Text("+ checkpoint", "+ 检查点"),
    "chat_panel.settings": Text("Settings", "设置"),
    "chat_panel.reset": Text("Back to the recipe's", "恢复配方的设置"),
    "chat_panel.system": Text("System prompt", "系统提示词"),
    "chat_panel.temperature": Text("Temperature", "温度"),
    "chat_panel.top_p": Text("Top-p", "Top-p"),
    "chat_panel.top_k": Text("Top-k", "Top-k"),
    "chat_panel.max_new_tokens": Text("Max tokens", "最大词元数"),
    "chat_panel.repetition_penalty": Text("Repetition penalty", "重复惩罚"),
    "chat_panel.seed": Text("Seed", "种子"),
    "chat_panel.stops": Text("Stop strings, one a line", "停止字符串，每行一个"),
    "chat_panel.settings_help": Text(
        "Empty: as the recipe has it. Temperature 0 always takes the likeliest token. Regenerate draws with the next seed.",
        "留空则用配方的设置。温度 0 总取最可能的词元。重新生成会用下一个种子。",
    ),
    "chat_panel.thinking": Text("Thinking", "思考过程"),
    "chat_panel.thinking_now": Text("Thinking …", "正在思考……"),
    "chat_panel.no_answer": Text("(empty answer)", "（空回答）"),
    "chat_panel.stopped_before": Text(
        "(stopped before the first word)", "（在第一个词之前已停止）"
    ),
    "chat_panel.writing": Text("{side} is answering", "{side} 正在回答"),
    "chat_panel.answered": Text("{side} has answered: {text}", "{side} 已回答：{text}"),
    "chat_panel.kernel_busy": Text(
        "The kernel is busy with a cell; this waits for its end.",
        "内核正在执行单元格；要等它结束。",
    ),
    "chat_panel.kernel_gone": Text(
        "The kernel does not answer. If it was restarted, run the cell again: the conversation is kept.",
        "内核没有响应。如果已重启，请重新执行该单元格：对话已保存。",
    ),
    "chat_panel.loading": Text("Loading …", "正在加载……"),
}
