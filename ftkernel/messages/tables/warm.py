"""Texts about the spare worker that waits for the next run."""

from ftkernel.messages._text import Text

TEXTS = {
    "warm.waits": Text(
        "A spare worker waits for the next run (process {pid}, {memory})",
        "备用工作进程正在等待下一次运行（进程号 {pid}，{memory}）",
    ),
    "warm.waits_with_model": Text(
        "A spare worker waits for the next run with the last base model (process {pid}, {memory})",
        "备用工作进程已载入上一个基础模型，正在等待下一次运行（进程号 {pid}，{memory}）",
    ),
    "warm.imports": Text(
        "A spare worker is being made ready for the next run (process {pid}, {memory})",
        "正在为下一次运行准备备用工作进程（进程号 {pid}，{memory}）",
    ),
    "warm.in_use": Text(
        "The spare worker was taken by a run; another follows when that has ended",
        "备用工作进程已被某次运行占用；该运行结束后会再准备一个",
    ),
    "warm.left": Text(
        "No spare worker waits: the last one took a job or left; another follows the next run",
        "没有备用工作进程：上一个已执行任务或已退出；下一次运行之后会再准备",
    ),
    "warm.off": Text(
        "No spare worker: `%ft config warm auto` lets one wait for the next run",
        "没有备用工作进程：`%ft config warm auto` 可为下一次运行预备一个",
    ),
    "warm.shared": Text(
        "No spare worker on a shared or small server; `%ft config warm on` lets one wait",
        "共享或小型服务器上不预备工作进程；`%ft config warm on` 可启用",
    ),
    "warm.no_memory": Text(
        "No spare worker: it needs {memory} of memory and may have {free}",
        "没有备用工作进程：需要内存 {memory}，可用 {free}",
    ),
    "warm.failed": Text(
        "No spare worker could be started: {reason}", "无法启动备用工作进程：{reason}"
    ),
    "warm.not_begun": Text(
        "No spare worker: one is kept after `%load_ext ftkernel`, in this kernel only",
        "没有备用工作进程：仅在本内核执行 `%load_ext ftkernel` 之后才会预备",
    ),
}
