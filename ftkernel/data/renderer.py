"""What renders the conversations of a recipe: the checkpoint's own template, or a named format."""

from ftkernel.data.encoded import Options
from ftkernel.data.rendered import Renderer
from ftkernel.data.template import Template
from ftkernel.data.templates import get
from ftkernel.data.templates.jinja import jinja
from ftkernel.data.templates.jinja_tools import with_tools_spelled
from ftkernel.data.templates.named import NamedTemplate
from ftkernel.data.tokenizer import Tokenizer
from ftkernel.errors import FtError


def renderer_of(tokenizer: Tokenizer, options: Options) -> Renderer:
    """The renderer that training, chats and exports of one recipe share.

    Raises:
        FtError: if there is no such template or tool format, the named template ends answers with
            a token that the tokenizer does not have, or the tokenizer has neither a chat template
            nor an end token to make one with.
    """
    if options.template is None:
        return Template(
            tokenizer, options.enable_thinking, options.preserve_thinking, options.tool_format
        )
    spec = get(options.template)
    if not tokenizer.eos_token:
        raise FtError("data.no_end_token_eos")
    return NamedTemplate(
        spec,
        tokenizer,
        tool_format=options.tool_format,
        enable_thinking=options.enable_thinking,
        preserve_thinking=options.preserve_thinking,
        default_system=options.default_system,
    )


def jinja_of(renderer: Renderer) -> str:
    """What a renderer writes, as a chat template."""
    if isinstance(renderer, NamedTemplate):
        return jinja(renderer)
    if isinstance(renderer, Template):
        # A checkpoint's own template is left as it is, unless somebody asked for a tool format.
        if renderer.spells_always or renderer.is_fallback:
            return with_tools_spelled(renderer.source, renderer.spells_tools)
        return renderer.source
    raise TypeError(type(renderer).__name__)
