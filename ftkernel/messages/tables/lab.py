"""Texts of the server side of the JupyterLab extension."""

from ftkernel.messages._text import Text

TEXTS = {
    "lab.no_such_run": Text(
        "There is no run with the id {id!r}.",
        "没有编号为“{id}”的运行。",
        "It may have been deleted; look at the list again.",
        "它可能已被删除；请重新查看列表。",
    ),
    "lab.ambiguous": Text(
        "More than one folder holds the run {id}: {folders}",
        "有多个文件夹都是运行 {id}：{folders}",
        "Delete the copies, or move them to where no runs are looked for.",
        "请删除多余的副本，或把它们移到不会查找运行的位置。",
    ),
    "lab.unsound": Text(
        "The run's folder cannot be read: {file} is not what it should be.",
        "无法读取运行的文件夹：{file} 不是应有的内容。",
        "A link, a pipe or a file of another kind stands in its place; put the original back.",
        "它的位置上是链接、管道或其他类型的文件；请恢复原来的文件。",
    ),
    "lab.too_many_events": Text(
        "The run has {size} MB of events, more than can be drawn ({most} MB).",
        "该运行的事件有 {size} MB，超过了可绘制的上限（{most} MB）。",
        "The events themselves can still be read, page by page.",
        "仍然可以逐页读取事件本身。",
    ),
    "lab.no_such_talk": Text(
        "The run has no conversation {name!r}.",
        "该运行没有名为“{name}”的对话。",
        "Look at the list of its conversations again.",
        "请重新查看对话列表。",
    ),
    "lab.no_such_kernel": Text(
        "No kernel {name!r} is installed.",
        "没有安装名为“{name}”的内核。",
        "`jupyter kernelspec list` shows those that are.",
        "`jupyter kernelspec list` 会列出已安装的内核。",
    ),
    "lab.not_yours": Text(
        "The run {name!r} was not made by you alone: files in its folder belong to somebody else.",
        "运行“{name}”不完全属于您：其文件夹中有别人的文件。",
        "Resume it as the user whose run it is, or start it anew from its recipe.",
        "请由该运行的所有者继续，或根据其配方重新开始。",
    ),
    "lab.no_interpreter": Text(
        "It is not known with which Python the run {name!r} was started.",
        "不知道运行“{name}”是用哪个 Python 启动的。",
        "Resume it from a notebook: `%ft resume {name}`.",
        "请在笔记本中继续：`%ft resume {name}`。",
    ),
    "lab.unknown_interpreter": Text(
        "The run {name!r} was started with {python}, which no installed kernel uses.",
        "运行“{name}”是用 {python} 启动的，没有已安装的内核使用它。",
        "Resume it from a notebook (`%ft resume {name}`), or install a kernel for that Python.",
        "请在笔记本中继续（`%ft resume {name}`），或为该 Python 安装内核。",
    ),
    "lab.asks_first": Text(
        "The run {name!r} carries code that would be run: {what}",
        "运行“{name}”带有将会被执行的代码：{what}",
        "Go on only if you trust where it comes from.",
        "只有在信任其来源时才继续。",
    ),
    "lab.bad_body": Text(
        "The request cannot be read at {place}: {problem}",
        "请求在 {place} 处无法读取：{problem}",
        "Send what the schema says: `python -m ftkernel.lab.schema`.",
        "请按模式发送：`python -m ftkernel.lab.schema`。",
    ),
    "lab.body_too_large": Text(
        "The request is larger than {most} MB.",
        "请求超过了 {most} MB。",
        "Send less at once.",
        "请减少一次发送的内容。",
    ),
    "lab.bad_query": Text(
        "{name}={text} is no number that can be used here.",
        "{name}={text} 不是此处可用的数字。",
        "Write a number that is not negative.",
        "请写一个非负数。",
    ),
    "lab.bad_request": Text(
        "The server refused the request (status {status}).",
        "服务器拒绝了该请求（状态 {status}）。",
        "Reload the page and try again.",
        "请重新加载页面后再试。",
    ),
    "lab.too_deep": Text(
        "Brackets or lists are nested more than 50 deep.",
        "括号或列表的嵌套超过了 50 层。",
        "A recipe is a flat list of `key: value`.",
        "配方是平铺的 `键: 值` 列表。",
    ),
    "lab.forbidden": Text(
        "You are not allowed to do this here.",
        "您无权在此执行该操作。",
        "Log in again and reload the page; on a shared server ask who runs it.",
        "请重新登录并刷新页面；如果是共享服务器，请联系其管理者。",
    ),
    "lab.not_found": Text(
        "There is nothing at this address.",
        "此地址没有内容。",
        "Reload the page: it may be of another version than the server.",
        "请重新加载页面：它的版本可能与服务器不同。",
    ),
    "lab.method": Text(
        "This address does not take such a request.",
        "此地址不接受这种请求。",
        "Reload the page: it may be of another version than the server.",
        "请重新加载页面：它的版本可能与服务器不同。",
    ),
    "lab.unexpected": Text(
        "Something went wrong in the server that should not have.",
        "服务器出现了不应有的错误。",
        "Its log says more.",
        "详情见服务器日志。",
    ),
}
