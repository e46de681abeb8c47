"""Texts about workers: starting them, and what goes wrong inside."""

from ftkernel.messages._text import Text

TEXTS = {
    "worker.no_interpreter": Text(
        "The worker could not be started with {python!r}: {reason}.",
        "无法用“{python}”启动工作进程：{reason}。",
        "`worker_python` must name a Python that has ftkernel; leave it out for the kernel's own.",
        "`worker_python` 必须指向装有 ftkernel 的 Python；不写则使用内核自身的 Python。",
    ),
    "worker.gone": Text(
        "The worker (process {pid}) is gone.",
        "工作进程（进程号 {pid}）已不存在。",
        "Start it again.",
        "请重新启动。",
    ),
    "worker.job_unknown": Text("A worker knows no job {job!r}.", "工作进程不认识任务“{job}”。"),
    "worker.job_without_run": Text(
        "The job {job!r} needs the folder of a run.", "任务“{job}”需要一个运行文件夹。"
    ),
    "worker.out_of_memory": Text(
        "Out of memory: {wanted} more were wanted, {free} of {total} are free.",
        "内存不足：还需要 {wanted}，而 {total} 中只剩 {free}。",
        "Write `{key}: {better}` instead of {value}, then resume.",
        "请写 `{key}: {better}`（现为 {value}），然后恢复运行。",
    ),
    "worker.out_of_memory_plain": Text(
        "Out of memory: {free} of {total} are free.",
        "内存不足：{total} 中只剩 {free}。",
        "Write `{key}: {better}` instead of {value}, then resume.",
        "请写 `{key}: {better}`（现为 {value}），然后恢复运行。",
    ),
    "worker.out_of_memory_chat": Text(
        "There is not enough memory to answer: {free} of {total} are free.",
        "内存不足，无法回答：{total} 中只剩 {free}。",
        "Stop other runs and chats, or start a new conversation, and ask again: the model is loaded anew. A shorter "
        "question and fewer tokens for the answer need less.",
        "请停止其他运行和对话，或开始新的对话，然后再问：模型会重新载入。更短的问题和更少的回答词元占用更少内存。",
    ),
    "worker.out_of_memory_job": Text(
        "There is not enough memory for this {job}: {free} of {total} are free.",
        "内存不足，无法执行 {job}：{total} 中只剩 {free}。",
        "Stop other runs and chats and try again, or use a smaller model.",
        "请停止其他运行和对话后重试，或使用更小的模型。",
    ),
    "worker.package_missing": Text(
        "The worker's Python lacks the package {package}.",
        "工作进程的 Python 缺少软件包 {package}。",
        "Install it there: `pip install {package}`; `%ft doctor` shows all that is missing.",
        "请在该环境安装：`pip install {package}`；`%ft doctor` 会列出所有缺失项。",
    ),
    "worker.ended_without_a_word": Text(
        "The worker's job ended without saying how.",
        "工作进程的任务结束时没有说明结果。",
        "The log is {log}",
        "日志见 {log}",
    ),
    "worker.unexpected": Text(
        "The worker failed: {type}: {message}",
        "工作进程出错：{type}：{message}",
        "The whole trace is in {log}",
        "完整的错误追踪见 {log}",
    ),
    "worker.unexpected_bare": Text(
        "The worker failed: {type}",
        "工作进程出错：{type}",
        "The whole trace is in {log}",
        "完整的错误追踪见 {log}",
    ),
}
