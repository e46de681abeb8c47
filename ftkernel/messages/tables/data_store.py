"""Texts about tokenized rows on disk: the cache, `tokenized_path`, and the processes that tokenize."""

from ftkernel.messages._text import Text

TEXTS = {
    "data.tokenized_differs": Text(
        "The rows in {path} were tokenized for something else; this differs: {differing}.",
        "{path} 中的数据是按不同的设置分词的，不一致之处：{differing}。",
        "Set these as they were, name another folder in `tokenized_path`, or write "
        "`overwrite_cache: true` to tokenize anew.",
        "请恢复这些设置，或在 `tokenized_path` 中换一个文件夹，或写 `overwrite_cache: true` 重新分词。",
    ),
    "data.tokenized_broken": Text(
        "The rows in {path} are not whole.",
        "{path} 中的数据不完整。",
        "Write `overwrite_cache: true` to tokenize them anew, or restore the folder.",
        "请写 `overwrite_cache: true` 重新分词，或恢复该文件夹。",
    ),
    "data.tokenized_unknown": Text(
        "{path} holds something else than tokenized rows.",
        "{path} 中存放的不是分词结果。",
        "Name a new or an empty folder in `tokenized_path`; nothing was changed there.",
        "请在 `tokenized_path` 中写一个新的或空的文件夹；原有内容未被改动。",
    ),
    "data.tokenized_loaded": Text(
        "{rows:# tokenized row is|# tokenized rows are} loaded from {path}.",
        "已从 {path} 载入 {rows} 行分词结果。",
    ),
    "data.tokenized_saved": Text(
        "{rows:# tokenized row is|# tokenized rows are} saved in {path}.",
        "已将 {rows} 行分词结果保存到 {path}。",
    ),
    "data.rows_disk": Text(
        "Tokenized rows could not be written to {path}: {reason}.",
        "无法将分词结果写入 {path}：{reason}。",
        "Make room there, or name a folder on another disk in `FTKERNEL_ROWS_DIR` or "
        "`tokenized_path`.",
        "请腾出空间，或通过 `FTKERNEL_ROWS_DIR` 或 `tokenized_path` 指定其他磁盘上的文件夹。",
    ),
    "data.blocks_rest": Text(
        "{documents:# text makes|# texts make} {blocks:# block|# blocks} of {length:# token|# tokens}"
        "; the last one has {rest}.",
        "{documents} 篇文本组成 {blocks} 个长度为 {length} 词元的块，最后一块有 {rest} 个词元。",
    ),
}
