"""Texts of outputs of a notebook as the JupyterLab extension draws them."""

from ftkernel.messages._text import Text

TEXTS = {
    "lab_outputs.open": Text("Open in a page", "在页面中打开"),
    "lab_outputs.open_help": Text("Open this run in a page of its own", "在单独的页面中打开此运行"),
    "lab_outputs.open_chat": Text("Open the conversation", "打开对话"),
    "lab_outputs.saved": Text(
        "As it was when this output was saved: this server does not know the run.",
        "显示的是保存此输出时的状态：此服务器不知道该运行。",
    ),
    "lab_outputs.saved_because": Text(
        "As it was when this output was saved. {reason}",
        "显示的是保存此输出时的状态。{reason}",
    ),
    "lab_outputs.unreadable": Text(
        "What is saved of this output cannot be read.", "无法读取此输出所保存的内容。"
    ),
    "views.state.unknown": Text("state unknown", "状态未知"),
    "lab_outputs.preview": Text(
        "The first {rows:# row|# rows}, as they were saved. Run the cell again to leaf through all.",
        "所保存的前 {rows} 行。重新运行该单元格即可翻阅全部行。",
    ),
    "lab_outputs.chat": Text(
        "A chat with {name}. Run the cell again to go on with it.",
        "与 {name} 的对话。重新运行该单元格即可继续。",
    ),
}
