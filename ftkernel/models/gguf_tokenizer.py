"""The tokenizer that a GGUF file describes, rebuilt from its own vocabulary and proven against it.

The conversion of transformers guesses where the file is explicit (end token, padding, how text is
split before the merges), so tokenizers are built here. :func:`prove` compares the result with the
file, and what cannot be shown to agree is refused.
"""

from typing import TYPE_CHECKING

from ftkernel.errors import FtError
from ftkernel.models.gguf_header import GgufHeader

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.pre_tokenizers import PreTokenizer
    from transformers import PreTrainedTokenizerFast

# Token types of a GGUF vocabulary.
_CONTROL, _USER_DEFINED = 3, 4

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_LETTERS = r"[^\r\n\p{L}\p{N}]?\p{L}+"
_LLAMA3 = rf"{_CONTRACTIONS}|{_LETTERS}|\p{{N}}{{1,3}}|{_REST}"
_QWEN2 = rf"{_CONTRACTIONS}|{_LETTERS}|\p{{N}}|{_REST}"

# How text is split before the merges, by the name in ``tokenizer.ggml.pre``. "gpt-2" is the split
# that the ByteLevel pre-tokenizer has built in; "digits" cuts digits one by one before it; the
# others are patterns.
_SPLITS = {
    **dict.fromkeys(("gpt-2", "phi-2", "mpt", "olmo", "jais", "roberta-bpe"), "gpt-2"),
    **dict.fromkeys(("smollm", "starcoder", "refact", "codeshell", "command-r"), "digits"),
    **dict.fromkeys(("llama3", "llama-v3", "llama-bpe", "falcon3", "smaug-bpe"), _LLAMA3),
    **dict.fromkeys(("qwen2", "deepseek-r1-qwen", "megrez"), _QWEN2),
}

# For these llama.cpp takes a word that is in the vocabulary as it is, before any merge, and
# begins a text with bos unless the file says otherwise.
_WHOLE_WORDS_FIRST = frozenset({"llama3", "llama-v3", "llama-bpe", "falcon3"})

_BLANK = "\u2581"  # how sentencepiece writes a space

_SAMPLES = (
    "x  12 + 345",
    "Hello, world! It's 2026.\n\n\tdef f(a): return a[0]\n",
    "你好，世界。今天天气怎么样？",
    "naïve café — “quotes” 🙂 \u00a0 end  ",
)


def build(header: GgufHeader) -> "PreTrainedTokenizerFast":
    """The tokenizer of a GGUF file, checked by :func:`prove`.

    Raises:
        FtError: when the kind of tokenizer is not known, or the result disagrees with the file.
    """
    kind = header.metadata.get("tokenizer.ggml.model")
    makers = {"gpt2": _byte_level, "llama": _sentencepiece}
    if kind not in makers:
        raise FtError("models.gguf_tokenizer_unknown", path=str(header.path), tokenizer=str(kind))
    tokenizer = _finished(makers[str(kind)](header), header)
    template = header.metadata.get("tokenizer.chat_template")
    if isinstance(template, str) and template.strip():
        tokenizer.chat_template = template
    prove(tokenizer, header)
    return tokenizer


def _tokens(header: GgufHeader) -> list[str]:
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(tokens, list) or not tokens:
        raise FtError("models.gguf_tokenizer_unknown", path=str(header.path), tokenizer="none")
    return [str(token) for token in tokens]


def _special_names(header: GgufHeader, tokens: list[str]) -> dict[str, str]:
    """bos, eos, unk and pad as the file's ids name them; pad is eos where the file has none."""
    out: dict[str, str] = {}
    for ours, theirs in (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"), ("pad", "padding")):
        number = header.token_id(theirs)
        if number is not None and 0 <= number < len(tokens):
            out[f"{ours}_token"] = tokens[number]
    if "eos_token" in out:
        out.setdefault("pad_token", out["eos_token"])
    return out


def _wraps_text(header: GgufHeader) -> tuple[bool, bool]:
    """Whether a text begins with bos and ends with eos, as the file says or llama.cpp assumes."""
    pre = str(header.metadata.get("tokenizer.ggml.pre", ""))
    sentencepiece = header.metadata.get("tokenizer.ggml.model") == "llama"
    bos = header.metadata.get("tokenizer.ggml.add_bos_token")
    eos = header.metadata.get("tokenizer.ggml.add_eos_token")
    default = sentencepiece or pre in _WHOLE_WORDS_FIRST
    return (bool(bos) if bos is not None else default), bool(eos)


def _pre_tokenizer(header: GgufHeader) -> "PreTokenizer":
    from tokenizers import Regex, pre_tokenizers

    pre = str(header.metadata.get("tokenizer.ggml.pre", ""))
    split = _SPLITS.get(pre)
    if split is None:
        known = ", ".join(sorted(_SPLITS))
        raise FtError(
            "models.gguf_split_unknown", path=str(header.path), pre=pre or "(none)", known=known
        )
    if split == "gpt-2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    if split == "digits":
        digits = pre_tokenizers.Digits(individual_digits=True)
        return pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(split), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def _byte_level(header: GgufHeader) -> "Tokenizer":
    """A vocabulary of byte sequences with its merges, as GPT-2 and its heirs have it."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    merges = header.metadata.get("tokenizer.ggml.merges")
    pairs = (
        [tuple(str(merge).split(" ", 1)) for merge in merges] if isinstance(merges, list) else []
    )
    backend = Tokenizer(
        models.BPE(
            vocab=_vocabulary(header),
            merges=pairs,  # pyright: ignore[reportArgumentType]
            ignore_merges=str(header.metadata.get("tokenizer.ggml.pre")) in _WHOLE_WORDS_FIRST,
        )
    )
    if _SPLITS.get(str(header.metadata.get("tokenizer.ggml.pre"))) == _QWEN2:
        backend.normalizer = normalizers.NFC()  # pyright: ignore[reportAttributeAccessIssue]
    backend.pre_tokenizer = _pre_tokenizer(header)
    backend.decoder = decoders.ByteLevel()
    return backend


def _sentencepiece(header: GgufHeader) -> "Tokenizer":
    """A vocabulary of text pieces with scores, single bytes for the rest, as Llama 2 has it."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    vocabulary = _vocabulary(header)
    unknown = header.token_id("unknown")
    backend = Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=_merges_of(header, vocabulary),
            unk_token=_tokens(header)[unknown if unknown is not None else 0],
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    prefix = header.metadata.get("tokenizer.ggml.add_space_prefix") is not False
    blank = normalizers.Replace(" ", _BLANK)
    before = normalizers.Sequence([normalizers.Prepend(_BLANK), blank]) if prefix else blank
    backend.normalizer = before  # pyright: ignore[reportAttributeAccessIssue]
    steps = [decoders.Replace(_BLANK, " "), decoders.ByteFallback(), decoders.Fuse()]
    if prefix:
        steps.append(decoders.Strip(content=" ", left=1, right=0))
    backend.decoder = decoders.Sequence(steps)
    return backend


def _merges_of(header: GgufHeader, vocabulary: dict[str, int]) -> list[tuple[str, str]]:
    """The merges that the scores imply: every way to put a piece together, best piece first."""
    scores = header.metadata.get("tokenizer.ggml.scores")
    if not isinstance(scores, list):
        raise FtError("models.gguf_tokenizer_unknown", path=str(header.path), tokenizer="llama")
    found: list[tuple[float, int, int, str, str]] = []
    for token, number in vocabulary.items():
        for cut in range(1, len(token)):
            left, right = token[:cut], token[cut:]
            if left in vocabulary and right in vocabulary:
                order = (-float(scores[number]), vocabulary[left], vocabulary[right])
                found.append((*order, left, right))
    return [(left, right) for *_, left, right in sorted(found)]


def _vocabulary(header: GgufHeader) -> dict[str, int]:
    return {token: number for number, token in enumerate(_tokens(header))}


def _finished(backend: "Tokenizer", header: GgufHeader) -> "PreTrainedTokenizerFast":
    """The tokenizer of transformers around a backend, with the special tokens of the file."""
    from tokenizers import AddedToken
    from transformers import PreTrainedTokenizerFast

    tokens = _tokens(header)
    control, whole = _typed_tokens(header, tokens)
    backend.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in control])
    backend.add_tokens([AddedToken(t, special=False, normalized=False) for t in whole])
    special = _special_names(header, tokens)
    _add_wrapping(backend, header, special)
    named = set(special.values())
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        **special,
        additional_special_tokens=[token for token in control if token not in named],
        clean_up_tokenization_spaces=False,
        **_longest(header),
    )


def _typed_tokens(header: GgufHeader, tokens: list[str]) -> tuple[list[str], list[str]]:
    """The tokens marked as control (special), and those marked as matched whole but not special."""
    types = header.metadata.get("tokenizer.ggml.token_type")
    if not isinstance(types, list):
        return [], []
    pairs = list(zip(tokens, types, strict=False))
    return (
        [token for token, kind in pairs if kind == _CONTROL],
        [token for token, kind in pairs if kind == _USER_DEFINED],
    )


def _longest(header: GgufHeader) -> dict[str, int]:
    length = header.metadata.get(f"{header.architecture}.context_length")
    return {"model_max_length": length} if isinstance(length, int) else {}


def _add_wrapping(backend: "Tokenizer", header: GgufHeader, special: dict[str, str]) -> None:
    """Make encoding begin with bos and end with eos where the file wants it."""
    from tokenizers import processors

    bos, eos = _wraps_text(header)
    before = special.get("bos_token") if bos else None
    after = special.get("eos_token") if eos else None
    byte_level = header.metadata.get("tokenizer.ggml.model") == "gpt2"
    level = [processors.ByteLevel(trim_offsets=False)] if byte_level else []
    if not before and not after:
        if level:
            backend.post_processor = level[0]
        return
    single = [part for part in (before, "$A", after) if part]
    used = [(token, backend.token_to_id(token)) for token in (before, after) if token]
    template = processors.TemplateProcessing(single=single, special_tokens=used)
    backend.post_processor = processors.Sequence([*level, template])


def prove(tokenizer: "PreTrainedTokenizerFast", header: GgufHeader) -> None:
    """Compare a tokenizer with the file it came from.

    Every id must name the same token, the special ids must be the file's, a special token must be
    one id wherever it stands, and texts must come back from their ids unchanged.

    Raises:
        FtError: ``models.gguf_tokenizer_differs``, naming the first difference.
    """
    tokens = _tokens(header)
    if len(tokenizer) > len(tokens):
        _differs(header, "size", len(tokens), len(tokenizer))
    backend = tokenizer.backend_tokenizer
    for number, token in enumerate(tokens):
        # A vocabulary may hold a spelling twice (unused ids); only one of these has a way back.
        found = backend.id_to_token(number)
        if found is not None and found != token:
            _differs(header, f"id {number}", token, found)
    for ours, theirs in (("bos", "bos"), ("eos", "eos"), ("pad", "padding")):
        expected, found = header.token_id(theirs), getattr(tokenizer, f"{ours}_token_id")
        if expected is not None and expected != found:
            _differs(header, ours, expected, found)
    for token in _typed_tokens(header, tokens)[0]:
        ids = tokenizer.encode(f"a{token}b", add_special_tokens=False)
        if tokens.index(token) not in ids:
            _differs(header, "special token", token, ids)
    for text in _SAMPLES:
        back = str(tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)))
        if back != text and back.lstrip(" ") != text.lstrip(" "):
            _differs(header, "text", text, back)


def _differs(header: GgufHeader, what: str, expected: object, found: object) -> None:
    raise FtError(
        "models.gguf_tokenizer_differs",
        path=str(header.path),
        what=what,
        expected=repr(expected),
        found=repr(found),
    )
