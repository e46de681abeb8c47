"""An error in the place of a picture, where a run can no longer be drawn."""

from ftkernel.errors import FtError
from ftkernel.views import markup, wording


def mime_bundle(error: FtError) -> dict[str, object]:
    """The lines of an error by mime type."""
    lines = wording.error_lines(error.to_json())
    return {
        "text/html": markup.frame(markup.block(lines, markup.RED), lines[0]),
        "text/plain": "\n".join(lines),
    }
