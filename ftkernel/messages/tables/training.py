"""Texts of training: what was chosen, what to know, and why a run is refused."""

from ftkernel.messages._text import Text

TEXTS = {
    "training.batch_split": Text(
        "Each step learns {effective:# row|# rows}: {accumulation} times {micro_batch} at once, as memory allows.",
        "每步学习 {effective} 行：按内存情况每次 {micro_batch} 行，共 {accumulation} 次。",
    ),
    "training.batch_is_all": Text(
        "per_device_train_batch_size {asked} is more than there are: a batch holds {rows:the only row|all # rows}.",
        "per_device_train_batch_size {asked} 超过数据行数：每批含全部 {rows} 行。",
    ),
    "training.activations_recomputed": Text(
        "Activations are computed twice instead of kept, to save memory (about a third slower).",
        "为节省内存，激活值将重新计算而不保存（约慢三分之一）。",
    ),
    "training.stopped_early": Text(
        "Stopped early at step {step}: {count:# measurement in a row was|# measurements in a row were} no better than the best.",
        "在第 {step} 步提前停止：连续 {count} 次评估没有超过最佳值。",
    ),
    "training.best_taken": Text(
        "The result is the checkpoint that measured best, step {step} (the last was {last}).",
        "结果取自评估最好的检查点，即第 {step} 步（最后一步为 {last}）。",
    ),
    "training.loss_zero": Text(
        "The loss was exactly 0 at step {step}; nothing was learned there.",
        "第 {step} 步的损失恰好为 0；这一步没有学到任何东西。",
        "Look at the rows: is the answer of each of them empty, or the same as its question?",
        "请检查数据：是否每行的回答都为空，或与提问相同？",
    ),
    "training.loss_not_finite": Text(
        "The loss is no number any more at step {step} (loss {loss}, gradient norm {grad_norm}); "
        "the run ended, its earlier checkpoints are sound.",
        "第 {step} 步的损失已不是有效数字（损失 {loss}，梯度范数 {grad_norm}）；运行已结束，之前的检查点完好。",
        "Lower learning_rate (it was {learning_rate:.3g} here), or set bf16: false, and resume.",
        "请降低 learning_rate（此处为 {learning_rate:.3g}），或设置 bf16: false，然后恢复运行。",
    ),
    "training.checkpoint_broken": Text(
        "Checkpoint {name} is broken ({reason}) and was passed over.",
        "检查点 {name} 已损坏（{reason}），已跳过。",
    ),
    "training.checkpoints_broken": Text(
        "This run cannot be resumed: its checkpoint is broken (newest: {newest}; {reason}).",
        "无法恢复此运行：检查点已损坏（最新的是 {newest}；{reason}）。",
        "Start the run anew, or put a copy of the folder back at {path}.",
        "请重新开始运行，或将该文件夹的备份放回 {path}。",
    ),
    "training.checkpoint_misfit": Text(
        "Checkpoint {name} does not fit the model: it holds {first!r}, which the model does not have.",
        "检查点 {name} 与模型不符：其中的“{first}”在模型中不存在。",
        "Resume with the same model and the same adapter settings as before.",
        "请使用与之前相同的模型和适配器设置恢复运行。",
    ),
    "training.state_refused": Text(
        "{file} of this checkpoint holds more than numbers and was not read: {reason}",
        "此检查点的 {file} 含有数字以外的内容，未予读取：{reason}",
        "Nothing in it was executed. Do not trust {path}; resume from a checkpoint of your own.",
        "其中没有任何内容被执行。请勿信任 {path}；请从自己的检查点恢复。",
    ),
    "training.state_names_code": Text(
        "it calls for {name}.",
        "它要求调用 {name}。",
    ),
    "training.state_no_tensors": Text(
        "it is no file of tensors and plain values.",
        "它不是只含张量和普通值的文件。",
    ),
    "training.data_changed": Text(
        "The rows are not the same as before step {step}; losses will not continue exactly.",
        "数据与第 {step} 步之前不同；损失不会精确地延续。",
    ),
    "training.nothing_to_evaluate": Text(
        "There is nothing to evaluate on.",
        "没有可供评估的数据。",
        "Start the run with val_size or eval_dataset.",
        "请在启动运行时设置 val_size 或 eval_dataset。",
    ),
    "training.set": Text(
        "{key} was set to {new} at step {step} (it was {old}).",
        "在第 {step} 步将 {key} 设为 {new}（原为 {old}）。",
    ),
    "training.set_unknown": Text(
        "{key!r} cannot be changed while a run trains.",
        "训练期间无法更改“{key}”。",
        "These can: {keys}. Everything else is a new run.",
        "可以更改的有：{keys}。其余的需要新的运行。",
    ),
    "training.set_unknown_near": Text(
        "{key!r} cannot be changed while a run trains. Did you mean {near}?",
        "训练期间无法更改“{key}”。您是指 {near} 吗？",
        "These can: {keys}. Everything else is a new run.",
        "可以更改的有：{keys}。其余的需要新的运行。",
    ),
    "training.set_nothing": Text(
        "{key} needs a value.",
        "{key} 需要一个值。",
        "Write the number that it shall be.",
        "请写出要设定的数值。",
    ),
    "training.set_no_schedule": Text(
        "{key} cannot be changed under this schedule ({schedule}).",
        "在此学习率计划（{schedule}）下无法更改 {key}。",
    ),
    "training.set_rate_ended": Text(
        "The schedule has come to 0 at step {step}: there is no rate left to scale.",
        "学习率计划在第 {step} 步已降到 0：没有可以缩放的学习率。",
        "Start a new run, with more steps or with lr_scheduler_type: constant.",
        "请启动新的运行，增加步数或使用 lr_scheduler_type: constant。",
    ),
    "training.set_not_here": Text(
        "{key} has no effect in this run, since {other} is {value}.",
        "{key} 在此运行中不起作用，因为 {other} 为 {value}。",
    ),
    "training.set_no_prompts": Text(
        "{key} has no effect in this run, since it has no sample_prompts.",
        "{key} 在此运行中不起作用，因为没有 sample_prompts。",
    ),
    "training.sample_failed": Text(
        "The prompt {prompt!r} was not answered: {reason}",
        "提示 {prompt!r} 未得到回答：{reason}",
    ),
    "training.no_prompt": Text(
        "There is no prompt to answer.",
        "没有要回答的提示。",
        "Write what the model shall be asked.",
        "请写出要问模型的内容。",
    ),
    "training.no_answers": Text(
        "This run cannot answer while it trains.",
        "此运行在训练期间无法回答。",
    ),
    "training.answer_cancelled": Text(
        "The answer was ended before it was whole.",
        "回答在完成之前被结束。",
    ),
    "training.answer_capped": Text(
        "Training waits while this is written, so the answer has at most {most:# token|# tokens} instead of {wanted}.",
        "生成期间训练会等待，因此回答最多 {most} 个词元，而不是 {wanted} 个。",
    ),
    "training.answer_memory": Text(
        "There was not enough memory for this answer beside the training; the run goes on.",
        "训练之外没有足够的内存生成此回答；运行继续。",
        "Shorten the question, ask a checkpoint of the run, or ask when it has ended.",
        "请缩短问题，改问该运行的检查点，或在运行结束后再问。",
    ),
    "training.no_base": Text(
        "This run trains the whole model, so its worker holds no base model to ask.",
        "此运行训练整个模型，因此其工作进程中没有可询问的基础模型。",
        "Ask the tuned side, or the base model by its own name.",
        "请询问微调后的一侧，或用基础模型自己的名字询问它。",
    ),
    "training.run_is_over": Text(
        "The run ended before the command was carried out.",
        "运行在执行该命令之前已结束。",
    ),
    "training.head_adapter": Text(
        "An adapter on the output head is not supported.",
        "不支持在输出头上添加适配器。",
        "Take lm_head out of lora_target, or train it in full with additional_target: lm_head.",
        "请从 lora_target 中去掉 lm_head，或用 additional_target: lm_head 完整训练它。",
    ),
    "training.matplotlib_missing": Text(
        "plot_loss needs matplotlib, which is not installed.",
        "plot_loss 需要 matplotlib，但尚未安装。",
        "pip install 'ftkernel[plots]', or remove plot_loss.",
        "请运行 pip install 'ftkernel[plots]'，或去掉 plot_loss。",
    ),
    "training.tracker_missing": Text(
        "report_to names {name}, whose package {package} is not installed.",
        "report_to 指定了 {name}，但其软件包 {package} 尚未安装。",
        "pip install {package}, or remove it from report_to.",
        "请运行 pip install {package}，或从 report_to 中去掉它。",
    ),
    "training.too_little_memory": Text(
        "This run needs about {needed} of memory, and {available} is available.",
        "此运行约需 {needed} 内存，而可用内存为 {available}。",
        "Lower cutoff_len or take a smaller model; force: true starts it all the same.\n"
        "Even one row of {longest:# token|# tokens} at a time does not fit.",
        "请降低 cutoff_len 或换用更小的模型；force: true 可强制启动。\n"
        "即使每次只计算一行（{longest} 个词元）也放不下。",
    ),
    "training.too_big_batch": Text(
        "This run needs about {needed} of memory with {micro_batch:# row|# rows} at once, and {available} is "
        "available.",
        "每次 {micro_batch} 行时，此运行约需 {needed} 内存，而可用内存为 {available}。",
        "Lower per_device_train_batch_size and raise gradient_accumulation_steps;\n"
        "force: true starts it all the same.",
        "请降低 per_device_train_batch_size 并提高 gradient_accumulation_steps；\n"
        "force: true 可强制启动。",
    ),
    "training.too_little_disk": Text(
        "The checkpoints of this run need about {needed} of disk, and {available} is free at {path}.",
        "此运行的检查点约需 {needed} 磁盘空间，而 {path} 处仅剩 {available}。",
        "Set save_total_limit: {fewer}, free some space, or choose another runs_dir; "
        "force: true starts it all the same.",
        "请设置 save_total_limit: {fewer}，清理磁盘，或更换 runs_dir；force: true 可强制启动。",
    ),
    "training.plan_without_recipe": Text("There is no recipe to plan.", "没有可供规划的配方。"),
    "training.plan_stopped": Text("Planning was stopped.", "规划已中止。"),
    "training.forced": Text(
        "Started by force although it may not fit: {needed} needed, {available} available.",
        "已按 force 强制启动，可能放不下：需要 {needed}，可用 {available}。",
    ),
    "training.packing_mixes": Text(
        "Models of the kind '{kind}' do not keep the parts of a packed row apart: what stands in one would change what is learned in the next.",
        "“{kind}”类模型不能区分打包行中的各个部分：一部分的内容会影响下一部分的学习。",
        "Write `packing: false`; rows of like length are put together anyway.",
        "请写 `packing: false`；长度相近的行本来就会放在一起。",
    ),
    "training.unknown_token": Text(
        "The rows have a token of number {token}, and the model knows only {known:# token|# tokens}.",
        "数据中出现了编号为 {token} 的词元，而模型只认识 {known} 个词元。",
        "The template's own tokens are not the model's: name the template that belongs to it, or leave `template` out.",
        "该模板的专用词元不属于这个模型：请写与模型匹配的模板，或省略 `template`。",
    ),
}
