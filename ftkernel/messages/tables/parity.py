"""Texts of `parity: llamafactory`: what that project would refuse, and rows that it drops."""

from ftkernel.messages._text import Text

TEXTS = {
    # The recipe: refused before any row is read.
    "parity.stage": Text(
        "`parity: llamafactory` knows no stage '{stage}'.",
        "`parity: llamafactory` 没有阶段“{stage}”。",
        "Stages that LLaMA-Factory encodes rows for: {known}.",
        "LLaMA-Factory 支持的阶段：{known}。",
    ),
    "parity.both_masks": Text(
        "`mask_history` and `train_on_prompt` contradict each other.",
        "`mask_history` 与 `train_on_prompt` 互相矛盾。",
        "Keep one of them: the last answer only, or everything.",
        "请只保留一个：只学最后一个回答，或全部都学。",
    ),
    "parity.cutoff": Text(
        "`packing: true` takes one token off `cutoff_len` in LLaMA-Factory, and nothing is left of it.",
        "在 LLaMA-Factory 中 `packing: true` 会使 `cutoff_len` 减一，结果没有剩余。",
        "Write a longer `cutoff_len`.",
        "请写更大的 `cutoff_len`。",
    ),
    "parity.train_on_prompt": Text(
        "LLaMA-Factory does not learn prompts in the template '{template}': its answers in the history have no end of their own.",
        "LLaMA-Factory 不支持在模板“{template}”中学习提示：该模板历史中的回答没有自己的结束符。",
        "Leave out `train_on_prompt`, or `parity`.",
        "请去掉 `train_on_prompt` 或 `parity`。",
    ),
    "parity.ranking": Text(
        "These rows are ranked (`ranking: true`), and this stage does not compare answers.",
        "这些数据是排序数据（`ranking: true`），而此阶段不比较回答。",
        "Ranked rows are for `stage: dpo` and `stage: rm`; or take `ranking` out of dataset_info.json.",
        "排序数据用于 `stage: dpo` 和 `stage: rm`；或从 dataset_info.json 中去掉 `ranking`。",
    ),
    "parity.no_ranking": Text(
        "These rows are not ranked, and this stage compares two answers.",
        "这些数据不是排序数据，而此阶段需要比较两个回答。",
        "Write `ranking: true` and the columns `chosen` and `rejected` into dataset_info.json.",
        "请在 dataset_info.json 中写上 `ranking: true` 以及 `chosen` 和 `rejected` 列。",
    ),
    "parity.mix": Text(
        "'{mix}' is no way of mixing sources.",
        "“{mix}”不是可用的混合方式。",
        "Possible: {known}.",
        "可用：{known}。",
    ),
    "parity.arrangement": Text(
        "The rows cannot be mixed or split like this: {problem}",
        "数据无法这样混合或划分：{problem}",
        "Look at `mix_strategy`, `interleave_probs` and `val_size`: probabilities are one a source and add up to 1, and both sides of a split need rows.",
        "请检查 `mix_strategy`、`interleave_probs` 和 `val_size`：每个数据源一个概率且总和为 1，划分的两边都要有数据。",
    ),
    "parity.own_template": Text(
        "The checkpoint's chat template cannot be taken apart in LLaMA-Factory's way: {problem}",
        "无法按 LLaMA-Factory 的方式解析模型自带的对话模板：{problem}",
        "Name a `template`.",
        "请写明 `template`。",
    ),
    # Rows: refused one by one.
    "parity.formatting": Text(
        "'{formatting}' is no form that LLaMA-Factory reads",
        "“{formatting}”不是 LLaMA-Factory 支持的格式",
        "Its forms are `alpaca`, `sharegpt` and `openai`.",
        "支持的格式：`alpaca`、`sharegpt`、`openai`。",
    ),
    "parity.unusable": Text(
        "LLaMA-Factory would end here: {problem}",
        "LLaMA-Factory 会在此处报错退出：{problem}",
    ),
    "parity.no_text": Text(
        "what is said in a turn is not text",
        "某一轮的内容不是文本",
    ),
    "parity.history": Text(
        "the history is no list of pairs of question and answer",
        "历史不是由问答对组成的列表",
    ),
    "parity.messages": Text(
        "there is no list of messages in this column",
        "此列中没有消息列表",
        "An entry of dataset_info.json that has `columns` must name them all: LLaMA-Factory then takes no default.",
        "dataset_info.json 中写了 `columns` 的条目必须列出所有列：LLaMA-Factory 此时不使用默认列名。",
    ),
    "parity.role": Text(
        "'{role}' is no role",
        "“{role}”不是可用的角色",
        "An entry of dataset_info.json that has `tags` must name them all: LLaMA-Factory then takes no default.",
        "dataset_info.json 中写了 `tags` 的条目必须列出所有标签：LLaMA-Factory 此时不使用默认标签。",
    ),
    "parity.order": Text(
        "dropped: questions and answers do not take turns, or the last answer is missing",
        "已丢弃：问题与回答没有交替出现，或缺少最后的回答",
    ),
    "parity.answers": Text(
        "dropped: {prompts:# turn|# turns} before {answers:# answer|# answers} is not what this stage takes",
        "已丢弃：{prompts} 轮之后有 {answers} 个回答，不符合此阶段的要求",
    ),
    "parity.no_other_answer": Text(
        "the row before it in its batch has no answer that could stand beside this one's",
        "同一批中的前一行没有可与本行配对的回答",
        "LLaMA-Factory would end here. Take out the rows whose roles are out of order.",
        "LLaMA-Factory 会在此处报错退出。请去掉角色顺序不对的数据。",
    ),
    "parity.packed_away": Text(
        "dropped: with {tokens:# token|# tokens} the row is longer than a packed one of {cutoff}",
        "已丢弃：该行有 {tokens} 个 token，超过打包长度 {cutoff}",
    ),
    "parity.token_unknown": Text(
        "the template has a token that this tokenizer does not have",
        "模板中有此分词器没有的 token",
        "LLaMA-Factory would put nothing in its place and fail in training. Name a template of this model.",
        "LLaMA-Factory 会留空并在训练时失败。请使用适合该模型的模板。",
    ),
    "parity.media": Text(
        "the row has {kind}, and their tokens come from a processor, which `parity` does not use",
        "该行含有 {kind}，其 token 由处理器生成，而 `parity` 不使用处理器",
        "Leave out `parity` for rows with images, videos or sounds.",
        "含图像、视频或音频的数据请不要使用 `parity`。",
    ),
    "parity.media_not_taken": Text(
        "the row has {kind}, and the template takes none",
        "该行含有 {kind}，而模板不支持",
        "Name a template of a model that takes them, or take the column out of dataset_info.json.",
        "请使用支持它们的模型模板，或从 dataset_info.json 中去掉该列。",
    ),
    "parity.media_missing": Text(
        "{mark} stands in a turn and the row has no file for it",
        "某一轮中有 {mark}，但该行没有对应的文件",
    ),
}
