"""Texts of everything that is drawn from events: cards, charts, tables, lines of text."""

from ftkernel.messages._text import Text

TEXTS = {
    # States, phases and reasons are looked up by their name on the wire.
    "views.state.created": Text("created", "已创建"),
    "views.state.starting": Text("starting", "启动中"),
    "views.state.running": Text("running", "运行中"),
    "views.state.finished": Text("finished", "已完成"),
    "views.state.stopped": Text("stopped", "已停止"),
    "views.state.failed": Text("failed", "失败"),
    "views.state.died": Text("died", "意外中断"),
    "views.phase.starting": Text("starting the worker", "正在启动工作进程"),
    "views.phase.checking": Text("checking the recipe", "正在检查配方"),
    "views.phase.loading_model": Text("loading the model", "正在加载模型"),
    "views.phase.converting_model": Text("converting the model", "正在转换模型"),
    "views.phase.reading_data": Text("reading the data", "正在读取数据"),
    "views.phase.tokenizing": Text("tokenizing", "正在分词"),
    "views.phase.preparing": Text("preparing the training", "正在准备训练"),
    "views.phase.training": Text("training", "正在训练"),
    "views.phase.evaluating": Text("evaluating", "正在评估"),
    "views.phase.saving": Text("saving a checkpoint", "正在保存检查点"),
    "views.phase.answering": Text("answering", "正在回答"),
    "views.phase.merging": Text("merging", "正在合并"),
    "views.phase.verifying": Text("verifying", "正在核对"),
    "views.phase.finishing": Text("writing the result", "正在写出结果"),
    "views.phase_of": Text("{phase}: {done} of {total} {unit}", "{phase}：{done} / {total} {unit}"),
    "views.phase_done": Text("{phase}: {done} {unit}", "{phase}：{done} {unit}"),
    "views.unit.rows": Text("rows", "行"),
    "views.unit.bytes": Text("bytes", "字节"),
    "views.unit.files": Text("files", "个文件"),
    "views.unit.tensors": Text("tensors", "个张量"),
    "views.unit.steps": Text("steps", "步"),
    "views.unit.batches": Text("batches", "批"),
    "views.unit.prompts": Text("prompts", "条提示"),
    "views.unit.tokens": Text("tokens", "个词元"),
    "views.stop_reason.command": Text("stopped on request", "按请求停止"),
    "views.stop_reason.owner_gone": Text(
        "stopped because the notebook's kernel was gone", "因笔记本内核已退出而停止"
    ),
    "views.stop_reason.signal": Text("stopped by a signal of the system", "因系统信号而停止"),
    "views.save_reason.steps": Text("every so many steps", "按步数"),
    "views.save_reason.time": Text("by time", "按时间"),
    "views.save_reason.epoch": Text("at the end of an epoch", "轮次结束"),
    "views.save_reason.stop": Text("at the stop", "停止时"),
    "views.save_reason.command": Text("on request", "按请求"),
    "views.save_reason.end": Text("at the end", "结束时"),
    "views.save_reason.best": Text("the best so far", "目前最佳"),
    "views.save_reason.owner_gone": Text("the kernel was gone", "内核已退出"),
    "views.form.alpaca": Text("instruction, input, output", "指令、输入、输出"),
    "views.form.messages": Text("conversations", "对话"),
    "views.form.conversations": Text("conversations", "对话"),
    "views.form.prompt_completion": Text("prompt and completion", "提示与补全"),
    "views.form.text": Text("plain text", "纯文本"),
    # Times.
    "views.time.short": Text("{seconds} s", "{seconds} 秒"),
    "views.time.seconds": Text("{seconds} s", "{seconds} 秒"),
    "views.time.minutes": Text("{minutes} min {seconds} s", "{minutes} 分 {seconds} 秒"),
    "views.time.hours": Text("{hours} h {minutes} min", "{hours} 小时 {minutes} 分"),
    "views.time.days": Text("{days} d {hours} h", "{days} 天 {hours} 小时"),
    # Progress.
    "views.step": Text("step {step}", "第 {step} 步"),
    "views.step_of": Text("step {step} of {total}", "第 {step} / {total} 步"),
    "views.epoch": Text("epoch {epoch}", "第 {epoch} 轮"),
    "views.left": Text("about {time} left", "约剩 {time}"),
    "views.attempt": Text("attempt {attempt}", "第 {attempt} 次启动"),
    "views.detached": Text("detached", "独立运行"),
    "views.progress": Text("Progress", "进度"),
    # Figures.
    "views.loss": Text("loss", "损失"),
    "views.eval_loss": Text("evaluation loss", "评估损失"),
    "views.learning_rate": Text("learning rate", "学习率"),
    "views.grad_norm": Text("gradient norm", "梯度范数"),
    "views.tokens_per_second": Text("tokens per second", "每秒词元数"),
    "views.memory_bytes": Text("memory", "内存"),
    "views.tokens": Text("tokens", "词元"),
    "views.time": Text("time", "用时"),
    "views.speed": Text("speed", "速度"),
    "views.per_second": Text("{count} tokens/s", "{count} 词元/秒"),
    "views.peak_memory": Text("peak memory", "内存峰值"),
    "views.trained_parameters": Text("trainable", "可训练参数"),
    "views.from_to": Text("{first} → {last}", "{first} → {last}"),
    "views.smoothed_now": Text("smoothed {value}", "平滑后 {value}"),
    "views.lowest": Text("lowest {value}", "最低 {value}"),
    "views.of_count": Text("of {total} ({percent})", "共 {total}（{percent}）"),
    "views.trained_tokens": Text("{count} of them trained", "其中训练 {count} 个"),
    "views.expected": Text("{size} expected", "预计 {size}"),
    # Charts.
    "views.axis.step": Text("step", "步"),
    "views.chart.loss": Text("loss per trained token", "每个训练词元的损失"),
    "views.chart.each_step": Text("each step", "每一步"),
    "views.chart.smoothed": Text("smoothed (EMA, {span} steps)", "平滑（EMA，{span} 步）"),
    "views.chart.held_out": Text("held-out rows", "留出数据"),
    "views.chart.about": Text(
        "{what} from {first} at step {first_step} to {last} at step {last_step}; lowest {lowest} at step {lowest_step}.",
        "{what}从第 {first_step} 步的 {first} 到第 {last_step} 步的 {last}；最低为第 {lowest_step} 步的 {lowest}。",
    ),
    "views.mark.checkpoint": Text(
        "checkpoint at step {step}, {reason}", "第 {step} 步的检查点，{reason}"
    ),
    "views.mark.resume": Text(
        "attempt {detail} went on from step {step}", "第 {detail} 次启动从第 {step} 步继续"
    ),
    "views.sign.checkpoint": Text("▲ checkpoint", "▲ 检查点"),
    "views.sign.resume": Text("↻ resumed from here", "↻ 从此处继续"),
    # Sections.
    "views.section.adjusted": Text("What was adjusted", "自动调整"),
    "views.section.warned": Text("Please note", "请注意"),
    "views.section.data": Text("Data", "数据"),
    "views.section.checkpoints": Text("Checkpoints", "检查点"),
    "views.section.merges": Text("Merges", "合并"),
    "views.section.recipe": Text("Recipe", "配方"),
    "views.more": Text("and {count} more", "另有 {count} 条"),
    "views.data.rows": Text(
        "{rows} rows ({form}): {train} to train on, {held} held out",
        "{rows} 行（{form}）：训练 {train} 行，留出 {held} 行",
    ),
    "views.data.tokens": Text(
        "{tokens} tokens, {trained} of them trained ({percent}); the longest row has {longest}",
        "{tokens} 个词元，其中训练 {trained} 个（{percent}）；最长一行 {longest} 个",
    ),
    "views.data.cut": Text("{count} rows were cut at the end", "{count} 行尾部被截断"),
    "views.data.refused": Text("{count} rows were left out", "舍弃了 {count} 行"),
    "views.data.refusal": Text(
        "{count}: {why} (first at {first})", "{count} 行：{why}（首见于 {first}）"
    ),
    "views.data.refusal_bare": Text("{count}: {why}", "{count} 行：{why}"),
    "views.checkpoint": Text("step {step}, {reason}", "第 {step} 步，{reason}"),
    "views.result": Text("The result is in {path}", "结果位于 {path}"),
    "views.merge.line": Text(
        "{path}: mean KL {kl} (bound {bound}), token agreement {agreement}",
        "{path}：平均 KL {kl}（上限 {bound}），词元一致率 {agreement}",
    ),
    "views.error": Text("Error", "错误"),
    "views.error_unknown": Text(
        "The run ended with an error that can not be read.", "运行因错误结束，但错误内容无法读取。"
    ),
    # Footer.
    "views.footer.live": Text(
        "Live when saved; {command} shows it as it is now.",
        "保存时仍在运行；用 {command} 查看最新状态。",
    ),
    "views.footer.resume": Text(
        "{resume} goes on from its last checkpoint; {log} shows the worker's log.",
        "{resume} 从最后的检查点继续；{log} 查看工作进程日志。",
    ),
    "views.footer.finished": Text(
        "{chat} asks the tuned model; {merge} writes it as one model.",
        "{chat} 向微调后的模型提问；{merge} 将其写成一个完整模型。",
    ),
    # Two lines, one line, tables.
    "views.text.losses": Text("loss {first} → {last}", "损失 {first} → {last}"),
    "views.text.eval": Text("evaluation loss {value}", "评估损失 {value}"),
    "views.text.no_loss": Text("no step yet", "尚无训练步"),
    "views.table.caption": Text("Runs", "运行"),
    "views.table.name": Text("name", "名称"),
    "views.table.state": Text("state", "状态"),
    "views.table.step": Text("step", "步"),
    "views.table.loss": Text("loss", "损失"),
    "views.table.model": Text("model", "模型"),
    "views.table.created": Text("started", "开始时间"),
    "views.table.time": Text("time", "用时"),
    "views.table.empty": Text(
        "There is no run yet. %%finetune starts one.", "还没有任何运行。用 %%finetune 开始一个。"
    ),
    # Figures.
    "views.unknown_metric": Text(
        "A run has no metric '{metric}'.",
        "运行没有名为 '{metric}' 的指标。",
        "There are: {names}.",
        "可用的指标：{names}。",
    ),
    "views.plotly_missing": Text(
        "Plotly is not installed.",
        "未安装 Plotly。",
        "Install it with: pip install 'plotly>=5.24'",
        "请安装：pip install 'plotly>=5.24'",
    ),
}
