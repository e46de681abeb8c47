"""What is said of encoding as a whole, beside the figures: by the counts of an encoder."""

from ftkernel.data.encode import Counts
from ftkernel.data.encoded import Options
from ftkernel.data.rendered import Renderer
from ftkernel.runs.events import Adjusted, Warned


def remarks(
    counts: Counts, template: Renderer, options: Options, *, shortened: bool, asked: int
) -> list[Adjusted | Warned]:
    """What the user should hear about how the rows were encoded.

    Args:
        counts: of the encoder.
        template: of the encoder.
        options: that were in force.
        shortened: whether any row lost something to the cutoff.
        asked: the cutoff that the recipe asks for.
    """
    out: list[Adjusted | Warned] = []
    is_fallback = getattr(template, "is_fallback", False)
    if is_fallback and counts.conversations:
        out.append(Adjusted(code="data.fallback_template"))
    if counts.plain and not is_fallback:
        out.append(Adjusted(code="data.plain_rows", params={"count": counts.plain}))
    if counts.unrolled:
        params: dict[str, object] = {"count": counts.unrolled, "examples": counts.unrolled_into}
        out.append(Adjusted(code="data.unrolled", params=params))
    if counts.tools_spelled:
        style = getattr(template, "spells_tools", None)
        params = {"count": counts.tools_spelled, "format": str(style)}
        out.append(Adjusted(code="data.tools_spelled", params=params))
    if counts.specials:
        out.append(Adjusted(code="data.specials_kept", params={"count": counts.specials}))
    if not options.guard:
        out.append(Warned(code="data.guard_off"))
    if options.cutoff < asked and shortened:
        params = {"length": options.cutoff, "cutoff": asked}
        out.append(Adjusted(code="data.cutoff_is_models", params=params))
    for code, count in (
        ("data.guarded", counts.guarded),
        ("data.prompt_differs", counts.differs),
        ("data.answers_rewritten", counts.rewritten),
        ("data.turns_dropped", counts.turns_dropped),
        ("data.prompts_cut", counts.prompts_cut),
        ("data.answers_cut", counts.answers_cut),
        ("data.ends_cut", counts.ends_cut),
    ):
        if count:
            out.append(Warned(code=code, params={"count": count}))
    if options.enable_thinking is not None and not knows(template, "thinking"):
        out.append(Warned(code="data.thinking_unknown"))
    if options.preserve_thinking and not knows(template, "preserving"):
        out.append(Warned(code="data.preserving_unknown"))
    return out


def knows(template: Renderer, what: str) -> bool:
    """Whether a template does something with a setting of thinking."""
    if (found := getattr(template, f"knows_{what}", None)) is not None:
        return bool(found)
    spec = getattr(template, "spec", None)
    return bool(spec is not None and spec.thinks)
