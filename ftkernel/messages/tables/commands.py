"""Texts of commands to a run that trains, and of chatting with one."""

from ftkernel.messages._text import Text

TEXTS = {
    "commands.not_live": Text(
        "Run '{name}' is not going on ({state}).",
        "运行“{name}”没有在进行（{state}）。",
        "Only a run that trains takes this; %ft resume {name} goes on with one that was stopped.",
        "只有正在训练的运行才接受此操作；%ft resume {name} 可继续已停止的运行。",
    ),
    "commands.run_ended": Text(
        "Run '{name}' ended before {command!r} was carried out.",
        "运行“{name}”在执行“{command}”之前已结束。",
        "%ft show {name} says how it ended.",
        "%ft show {name} 会说明它是如何结束的。",
    ),
    "commands.timeout": Text(
        "Run '{name}' has not carried out {command!r} within {seconds} s; it is {doing}.",
        "运行“{name}”未在 {seconds} 秒内执行“{command}”；当前状态：{doing}。",
        "The command still holds: it is carried out at the end of the step.",
        "命令仍然有效：将在该步结束时执行。",
    ),
    "commands.answer_lost": Text(
        "Run '{name}' answered, but the answer is not in its folder any more.",
        "运行“{name}”已回答，但答案已不在其文件夹中。",
        "Ask again.",
        "请重新提问。",
    ),
    "commands.saved": Text(
        "Run '{name}' has saved step {step}.", "运行“{name}”已保存第 {step} 步。"
    ),
    "commands.evaluated": Text(
        "Run '{name}': evaluation loss {loss:.4f}.", "运行“{name}”：评估损失 {loss:.4f}。"
    ),
    "commands.changed": Text(
        "Run '{name}': {key} is {new} after step {step} (it was {old}).",
        "运行“{name}”：第 {step} 步之后 {key} 为 {new}（原为 {old}）。",
    ),
    "commands.sampled": Text(
        "Step {step}, {tokens:# token|# tokens} in {seconds} s; training waited.",
        "第 {step} 步，{tokens} 个词元，用时 {seconds} 秒；训练曾暂停。",
    ),
    "commands.sent": Text(
        "Run '{name}' was told {command!r}; %ft show {name} says what comes of it.",
        "已向运行“{name}”发送“{command}”；%ft show {name} 会显示结果。",
    ),
    "chat_live.pauses": Text(
        "The run's own worker answers between two steps, with at most {most:# token|# tokens}; "
        "training waits meanwhile.",
        "由运行自己的工作进程在两步之间回答，最多 {most} 个词元；期间训练会等待。",
    ),
    "chat_live.speed": Text(
        "Tokens come at about {speed} a second: up to {seconds} s an answer.",
        "每秒约 {speed} 个词元：每次回答最多 {seconds} 秒。",
    ),
    "chat_live.second": Text(
        "Or another worker answers from the newest checkpoint ({behind:# step|# steps} behind) while "
        "training goes on; it takes about {needed} of memory, {available} are available.",
        "也可由另一个工作进程用最新检查点（落后 {behind} 步）回答，训练继续；约需 {needed} 内存，可用 {available}。",
    ),
    "chat_live.answered": Text(
        "Run '{name}' trains: its weights after step {step} answered; training waited {seconds} s.",
        "运行“{name}”正在训练：由第 {step} 步之后的权重回答；训练等待了 {seconds} 秒。",
    ),
    "chat_live.base_answered": Text(
        "Run '{name}' trains: its worker answered as the base model; training waited {seconds} s.",
        "运行“{name}”正在训练：由其工作进程以基础模型回答；训练等待了 {seconds} 秒。",
    ),
    "chat_live.interrupted": Text(
        "Interrupted before run '{name}' could be asked.", "在向运行“{name}”提问之前被中断。"
    ),
    "chat_live.instead": Text(
        "`{name}@{step}` asks its newest checkpoint, in a second worker, while training goes on.",
        "`{name}@{step}` 会由另一个工作进程用最新检查点回答，训练继续。",
    ),
    "chat_live.ended_first": Text(
        "Run '{name}' ended before it could answer, so what it has learnt was asked.",
        "运行“{name}”在能够回答之前已结束，因此由它学到的结果回答。",
    ),
    "chat_live.no_second": Text(
        "Another worker would need about {needed} of memory, and {available} are available.",
        "另一个工作进程约需 {needed} 内存，而可用的只有 {available}。",
    ),
}
