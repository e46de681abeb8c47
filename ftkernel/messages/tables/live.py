"""Texts of the live view of a run: its buttons, its chart, its quiet remarks.

The front end has them too: ``labextension/export_texts.py`` writes them where it imports them.
"""

from ftkernel.messages._text import Text

TEXTS = {
    "live.label": Text("Fine-tuning run {name}", "微调运行 {name}"),
    "live.busy": Text(
        "A cell is running in this notebook: the buttons work again when it is done. The training goes on meanwhile.",
        "本笔记本中有单元格正在运行：运行结束后按钮恢复可用。训练不受影响，仍在继续。",
    ),
    "live.silent": Text(
        "Nothing was heard from the kernel for a while; this is the last that is known. A run ends with its kernel unless it was started with --detach; after a restart, %load_ext ftkernel shows it again and %ft resume goes on with it.",
        "已有一段时间未收到内核消息；此处显示最后已知的状态。除非用 --detach 启动，运行会随内核结束；内核重启后，%load_ext ftkernel 可重新显示它，%ft resume 可从断点继续。",
    ),
    "live.gpu.memory": Text("memory of {name}", "{name} 显存"),
    "live.gpu.of": Text("of {size} that were free", "当时可用 {size}"),
    # Buttons, and what they do.
    "live.do.label": Text("Commands to the run", "对运行的操作"),
    "live.do.stop": Text("Stop", "停止"),
    "live.do.stop_help": Text(
        "Save a checkpoint and end the run; it can be resumed.",
        "保存检查点并结束运行；之后可以继续。",
    ),
    "live.do.save": Text("Save", "保存"),
    "live.do.save_help": Text("Save a checkpoint after this step.", "在当前步之后保存一个检查点。"),
    "live.do.evaluate": Text("Evaluate", "评估"),
    "live.do.evaluate_help": Text(
        "Score the held-out rows after this step.", "在当前步之后对留出数据评分。"
    ),
    "live.do.sample": Text("Sample", "试答"),
    "live.do.sample_help": Text(
        "Have a prompt answered by the model as it is now.", "让当前的模型回答一条提示。"
    ),
    "live.do.set": Text("Set", "调整"),
    "live.do.set_help": Text(
        "Change the learning rate or another value while the run goes on.",
        "在运行中更改学习率或其他数值。",
    ),
    # Forms.
    "live.form.prompt": Text("Prompt", "提示"),
    "live.form.key": Text("What to set", "要调整的项"),
    "live.form.value": Text("New value", "新值"),
    "live.form.send": Text("Send", "发送"),
    # What became of a command.
    "live.command.asked": Text("asking the kernel", "正在请求内核"),
    "live.command.sent": Text("sent to the run", "已发送给运行"),
    "live.command.confirmed": Text("done", "已完成"),
    "live.command.refused": Text("refused", "被拒绝"),
    "live.command.unanswered": Text("no answer", "无应答"),
    "live.command.lost": Text(
        "The kernel gave no answer; it may be busy or gone. Try again.",
        "内核没有应答；它可能正忙或已退出。请重试。",
    ),
    "live.command.over": Text("The run has ended.", "运行已结束。"),
    # The chart.
    "live.chart.log": Text("log", "对数"),
    "live.chart.log_help": Text("Logarithmic vertical axis", "纵轴使用对数刻度"),
    "live.chart.unzoom": Text("Show all", "显示全部"),
    "live.chart.inspect": Text("Look at the values of a step", "查看某一步的数值"),
    "live.line.smoothed": Text("smoothed", "平滑"),
    "live.metric.label": Text("Quantities", "指标"),
    "live.metric.loss": Text("loss", "损失"),
    "live.metric.learning_rate": Text("learning rate", "学习率"),
    "live.metric.grad_norm": Text("gradient norm", "梯度范数"),
    "live.metric.tokens_per_second": Text("tokens per second", "每秒词元数"),
    "live.metric.memory_bytes": Text("memory", "内存"),
    "live.metric.of_evaluation": Text("{name} (held-out rows)", "{name}（留出数据）"),
    "live.across.label": Text("Horizontal axis", "横轴"),
    "live.across.step": Text("steps", "步"),
    "live.across.tokens": Text("tokens", "词元"),
    "live.across.elapsed": Text("time", "时间"),
    "live.across.epoch": Text("epochs", "轮"),
    "live.across.tokens_at": Text("{count:# token|# tokens}", "{count} 个词元"),
    "live.unit.step": Text("steps", "步"),
    "live.unit.tokens": Text("tokens", "词元"),
    "live.unit.epoch": Text("epochs", "轮"),
    "live.unit.seconds": Text("seconds of training", "训练时间（秒）"),
    "live.unit.minutes": Text("minutes of training", "训练时间（分钟）"),
    "live.unit.hours": Text("hours of training", "训练时间（小时）"),
    "live.mark.checkpoint": Text("checkpoint", "检查点"),
    "live.mark.evaluation": Text("evaluation", "评估"),
    "live.mark.command": Text("command", "操作"),
    "live.mark.resume": Text("resumed from here", "从此处继续"),
    "live.mark.sample": Text("sample", "试答"),
    "live.mark.of": Text("{name}: {detail}", "{name}：{detail}"),
    # Samples and checkpoints.
    "live.samples": Text("Answers on the way", "训练中的回答"),
    "live.sample.scheduled": Text("scheduled", "定时"),
    "live.sample.asked": Text("asked for", "手动"),
    "live.sample.empty": Text("(an empty answer)", "（空回答）"),
    "live.checkpoint.best": Text("{line} · the best so far", "{line} · 目前最佳"),
}
