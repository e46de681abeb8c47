"""The names that data sets use: of columns by what they hold, and of who speaks in a turn.

Tables only. A name under :data:`SURE` says by itself what the column holds; one under
:data:`GUESSES` makes it likely, so that what is taken for what is said before it is used.
"""

from collections.abc import Mapping

PARTS = (
    "system", "history", "prompt", "query", "response", "messages", "completion", "text", "chosen",
    "rejected", "kto_tag", "completions", "scores", "tools", "images", "videos", "audios",
)  # fmt: skip
"""What a column can stand for, in the order in which the columns of a form are shown."""

SURE: Mapping[str, tuple[str, ...]] = {
    "system": ("system",),
    "history": ("history",),
    "prompt": ("instruction",),
    "query": ("input",),
    "response": ("output",),
    "messages": ("messages", "conversations", "conversation"),
    "completion": ("completion",),
    "text": ("text",),
    "chosen": ("chosen",),
    "rejected": ("rejected",),
    "kto_tag": ("kto_tag",),
    "tools": ("tools", "functions"),
    "images": ("images",),
    "videos": ("videos",),
    "audios": ("audios",),
}
"""Names that say what a column holds, by part, those of dataset_info.json's defaults first."""

GUESSES: Mapping[str, tuple[str, ...]] = {
    "system": ("system_prompt", "sys", "system_message", "系统", "系统提示"),
    "prompt": (
        "question", "prompt", "query", "problem", "input", "user", "human", "request",
        "user_input", "指令", "问题", "提问", "问", "输入",
    ),
    "query": ("context", "passage", "background", "上下文", "背景", "材料"),
    "response": (
        "output", "response", "answer", "completion", "reply", "target", "solution", "assistant",
        "bot", "回答", "答案", "答", "输出", "回复",
    ),
    "messages": ("dialogue", "dialog", "chat", "turns"),
    "text": ("content", "document", "body", "文本", "内容", "正文"),
    "images": ("image",),
    "videos": ("video",),
    "audios": ("audio",),
}  # fmt: skip
"""Names that make it likely what a column holds, by part."""

ABOUT = (
    "id", "uuid", "url", "title", "source", "language", "lang", "date", "author", "name",
    "category", "label",
)  # fmt: skip
"""Names of columns that say something about a row, and are not what it says."""

PAIRS = (
    ("preferred_output", "non_preferred_output"),
    ("accepted", "rejected"),
    ("preferred", "dispreferred"),
    ("preferred", "rejected"),
    ("chosen_response", "rejected_response"),
    ("response_chosen", "response_rejected"),
    ("chosen_answer", "rejected_answer"),
    ("better", "worse"),
    ("winner", "loser"),
)
"""Names that a better and a worse answer have beside ``chosen`` and ``rejected``."""

LISTS = (
    ("completions", None),
    ("completions", "scores"),
    ("responses", "scores"),
    ("responses", "ratings"),
    ("responses", "rewards"),
    ("answers", None),
    ("answers", "scores"),
    ("generations", "rating"),
    ("generations", "ratings"),
    ("generations", "scores"),
)
"""Names of several answers to one prompt, and of their scores where those are a column."""

SCORES = ("overall_score", "score", "rating", "reward")
"""Names of an answer's score in the answer itself; more is better."""

RANKS = ("rank",)
"""Names of an answer's place in the answer itself; 1 is best."""

ANSWERS = ("response", "answer", "text", "content", "completion", "value", "messages")
"""Names of what an answer says, in the answer itself."""

ROLE_KEYS = ("role", "from", "speaker", "author", "sender")
CONTENT_KEYS = ("content", "value", "text", "message", "utterance")
"""The names that a turn has for who speaks and for what is said."""

CALL = "call"
"""The role of a turn that is nothing but a call of tools, in the sharegpt form."""

ROLES: Mapping[str, str] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "用户": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "助手": "assistant",
    "tool": "tool",
    "observation": "tool",
    "function": "tool",
    "function_response": "tool",
    "function-response": "tool",
    "tool_response": "tool",
    "ipython": "tool",
    "function_call": CALL,
    "function-call": CALL,
    "tool_call": CALL,
}
"""Who speaks, by what data sets call them in lower case."""

MAIN_ROLES = (
    "system", "user", "human", "assistant", "gpt", "tool", "function_call", "observation",
)  # fmt: skip
"""The names that an error lists."""

TAGS: Mapping[str, str] = {
    "system_tag": "system",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "function_tag": CALL,
}
"""The roles that ``tags`` can name, in the words of dataset_info.json."""
