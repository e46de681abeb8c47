"""Texts of a run's page and of the comparison of several, in the JupyterLab extension."""

from ftkernel.messages._text import Text

TEXTS = {
    # Commands, and what they are given.
    "lab_page.open_run": Text("Open Run…", "打开运行…"),
    "lab_page.open_run_help": Text("Open the page of a run", "打开某次运行的页面"),
    "lab_page.chat_run": Text("Conversations with a Run…", "与运行的对话…"),
    "lab_page.chat_run_help": Text(
        "Read the conversations with a run, and chat with it in a notebook",
        "查看与某次运行的对话，并在笔记本中与其对话",
    ),
    "lab_page.compare_runs": Text("Compare Runs", "比较运行"),
    "lab_page.compare_runs_help": Text(
        "Lay the curves, results and recipes of runs side by side",
        "并排查看多次运行的曲线、结果和配方",
    ),
    "lab_page.args.id": Text(
        "The id of the run; asked for if left out.", "运行的编号；省略时会询问。"
    ),
    "lab_page.args.tab": Text("The part of the page to show.", "要显示的页面部分。"),
    "lab_page.args.ids": Text("The ids of two to ten runs.", "二到十次运行的编号。"),
    "lab_page.compare_which": Text(
        "Choose two to {most} runs: {chosen} chosen", "选择二到 {most} 次运行：已选 {chosen} 次"
    ),
    "lab_page.compare": Text("Compare", "比较"),
    "lab_page.find_run": Text("Find a run", "查找运行"),
    "lab_page.runs": Text("Runs", "运行"),
    # The page itself.
    "lab_page.run": Text("Run {id}", "运行 {id}"),
    "lab_page.loading": Text("Loading…", "正在加载…"),
    "lab_page.retry": Text("Try again", "重试"),
    "lab_page.refresh": Text("Refresh", "刷新"),
    "lab_page.open": Text("Open", "打开"),
    "lab_page.close": Text("Close", "关闭"),
    "lab_page.copy": Text("Copy", "复制"),
    "lab_page.copied": Text("Copied", "已复制"),
    "lab_page.copy_failed": Text("Not copied", "未能复制"),
    "lab_page.actions": Text("What can be done with the run", "可对运行执行的操作"),
    "lab_page.do.resume": Text("Resume", "继续"),
    "lab_page.do.resume_help": Text("Go on from the newest checkpoint", "从最新的检查点继续"),
    "lab_page.do.compare": Text("Compare", "比较"),
    "lab_page.do.compare_help": Text(
        "Compare with other runs; they can also be dragged here",
        "与其他运行比较；也可以把它们拖到此处",
    ),
    "lab_page.do.rename": Text("Rename", "重命名"),
    "lab_page.do.rename_help": Text("Give the run another name", "为运行换一个名称"),
    "lab_page.do.note": Text("Note", "备注"),
    "lab_page.do.note_help": Text("Write a note on the run", "为运行写备注"),
    "lab_page.do.tag": Text("Tags", "标签"),
    "lab_page.do.tag_help": Text("Give the run tags to find it by", "为运行添加便于查找的标签"),
    "lab_page.do.delete": Text("Delete", "删除"),
    "lab_page.do.delete_help": Text("Delete the run with its checkpoints", "删除运行及其检查点"),
    "lab_page.tabs": Text("More about the run", "运行的更多信息"),
    "lab_page.tab.recipe": Text("Recipe", "配方"),
    "lab_page.tab.notes": Text("Notices", "提醒"),
    "lab_page.tab.log": Text("Log", "日志"),
    "lab_page.tab.checkpoints": Text("Checkpoints", "检查点"),
    "lab_page.tab.samples": Text("Samples", "试答"),
    "lab_page.tab.chat": Text("Conversations", "对话"),
    "lab_page.tab.files": Text("Files", "文件"),
    # Its recipe.
    "lab_page.written": Text("As it was written", "原文"),
    "lab_page.whole_file": Text("The file with every key", "包含所有键的文件"),
    "lab_page.no_recipe": Text("The run has no recipe.", "该运行没有配方。"),
    "lab_page.settled": Text("Every key", "所有键"),
    "lab_page.only_given": Text("only what was written", "仅显示写明的"),
    "lab_page.filter_keys": Text("Find a key or value", "查找键或值"),
    "lab_page.no_key": Text("No key contains that.", "没有包含该内容的键。"),
    "lab_page.key": Text("key", "键"),
    "lab_page.value": Text("value", "值"),
    "lab_page.origin": Text("where it comes from", "来源"),
    "lab_page.given": Text("written", "写明"),
    # What was adjusted or warned of.
    "lab_page.left_out": Text(
        "{count:# older one is|# older ones are} not shown.", "有 {count} 条较早的内容未显示。"
    ),
    "lab_page.no_notes": Text(
        "Nothing was adjusted, and there are no warnings.", "没有调整，也没有警告。"
    ),
    # Its log.
    "lab_page.log": Text("The end of the log", "日志末尾"),
    "lab_page.log_empty": Text("Nothing has been logged.", "尚无日志。"),
    "lab_page.log_whole": Text("The whole log, {size}", "完整日志，{size}"),
    "lab_page.log_end": Text("The end of a log of {size}", "日志末尾（共 {size}）"),
    "lab_page.follow": Text("follow", "跟随"),
    # Its checkpoints.
    "lab_page.step": Text("step", "步"),
    "lab_page.reason": Text("why it was saved", "保存原因"),
    "lab_page.size": Text("size", "大小"),
    "lab_page.condition": Text("condition", "状况"),
    "lab_page.sound": Text("complete", "完整"),
    "lab_page.best": Text("the best", "最佳"),
    "lab_page.no_checkpoints": Text("There are no checkpoints.", "没有检查点。"),
    "lab_page.resume_here": Text("Resume from here", "从此处继续"),
    "lab_page.resume_from": Text("Resume from step {step}", "从第 {step} 步继续"),
    "lab_page.resume_means": Text(
        "The steps after it are trained anew. The run goes on without a notebook, and can be stopped here.",
        "其后的步将重新训练。运行会脱离笔记本继续，可在此处停止。",
    ),
    "lab_page.resume_about": Text(
        "The steps after a checkpoint are trained anew.", "检查点之后的步将重新训练。"
    ),
    "lab_page.resume_live": Text(
        "The run is going on: stop it to resume from a checkpoint.",
        "运行正在进行：停止后才能从检查点继续。",
    ),
    "lab_page.not_yours": Text(
        "The run belongs to somebody else: it can be looked at only.",
        "该运行属于他人：只能查看。",
    ),
    "lab_page.carries.remote_code": Text("the program of the model {name}", "模型 {name} 的程序"),
    "lab_page.carries.file": Text("the file {name}", "文件 {name}"),
    # Its samples.
    "lab_page.no_samples": Text(
        "The model has not been asked anything. Sample asks it while it is trained; "
        "`sample_prompts` in the recipe asks regularly.",
        "尚未向模型提问。训练中可用“试答”提问；配方中的 `sample_prompts` 会定期提问。",
    ),
    # Its conversations.
    "lab_page.talks": Text("Conversations", "对话"),
    "lab_page.no_talks": Text("Nobody has talked with this run yet.", "还没有人与该运行对话。"),
    "lab_page.untitled": Text("(without words)", "（无内容）"),
    "lab_page.you": Text("You", "您"),
    "lab_page.thinking": Text("Thinking", "思考"),
    "lab_page.no_answer": Text("(no answer)", "（无回答）"),
    "lab_page.chat_here": Text(
        "To chat with it, run in a notebook:", "要与其对话，请在笔记本中运行："
    ),
    "lab_page.chat_insert": Text("Insert cell", "插入单元格"),
    "lab_page.chat_copy": Text("Copy the line", "复制该行"),
    "lab_page.chat_inserted": Text("Inserted: run the cell.", "已插入：请运行该单元格。"),
    "lab_page.chat_no_notebook": Text(
        "Open a notebook first, or copy the line.", "请先打开一个笔记本，或复制该行。"
    ),
    "lab_page.side.none": Text("model", "模型"),
    "lab_page.side.tuned": Text("fine-tuned", "微调后"),
    "lab_page.side.base": Text("base model", "基础模型"),
    "lab_page.side.now": Text("during training", "训练中"),
    "lab_page.reply.waiting": Text("waiting", "等待中"),
    "lab_page.reply.writing": Text("being written", "正在书写"),
    "lab_page.reply.stopped": Text("stopped", "已停止"),
    "lab_page.reply.failed": Text("failed", "失败"),
    # Its files.
    "lab_page.file": Text("file", "文件"),
    "lab_page.files_all": Text("{count:# file|# files}, {size}", "{count} 个文件，{size}"),
    "lab_page.files_most": Text(
        "the {count} largest files of {size}", "最大的 {count} 个文件（共 {size}）"
    ),
    # The comparison.
    "lab_page.comparison": Text("Comparison", "比较"),
    "lab_page.compared": Text("The runs that are compared", "参与比较的运行"),
    "lab_page.add": Text("Add a run…", "添加运行…"),
    "lab_page.add_second": Text(
        "Add a run to compare with, or drag it here…", "添加要比较的运行，或拖到此处…"
    ),
    "lab_page.full": Text("{most} runs are the most", "最多 {most} 次运行"),
    "lab_page.no_room": Text(
        "{count:# run was|# runs were} left out: {most} can be compared at once.",
        "{count} 次运行未加入：一次最多比较 {most} 次。",
    ),
    "lab_page.remove": Text("Remove {name} from the comparison", "从比较中移除 {name}"),
    "lab_page.no_curves": Text("There is nothing to draw yet.", "暂无可绘制的内容。"),
    "lab_page.loss_smoothed": Text("loss, smoothed", "损失（平滑）"),
    "lab_page.loss_raw": Text("loss of each step", "每步损失"),
    "lab_page.loss_held_out": Text("loss on held-out rows", "留出数据的损失"),
    "lab_page.results": Text("Results", "结果"),
    "lab_page.run_column": Text("run", "运行"),
    "lab_page.figure.steps": Text("steps", "步"),
    "lab_page.figure.loss": Text("loss, smoothed", "损失（平滑）"),
    "lab_page.figure.held_last": Text("held-out loss, last", "留出损失（最后）"),
    "lab_page.figure.held_best": Text("held-out loss, best", "留出损失（最佳）"),
    "lab_page.figure.time": Text("time", "用时"),
    "lab_page.figure.training": Text("of it, training steps", "其中训练步"),
    "lab_page.figure.speed": Text("tokens per second", "每秒词元数"),
    "lab_page.figure.memory": Text("peak memory", "内存峰值"),
    "lab_page.at_step": Text("{value} (step {step})", "{value}（第 {step} 步）"),
    "lab_page.differences": Text("How the recipes differ", "配方的差异"),
    "lab_page.differ": Text("{count:# key differs.|# keys differ.}", "{count} 个键不同。"),
    "lab_page.bold": Text("Bold: written in the recipe.", "粗体：写在配方中。"),
    "lab_page.all_keys": Text("every key", "所有键"),
}
