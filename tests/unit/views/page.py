"""Reads a piece of HTML as a browser would and says what is in it."""

from html.parser import HTMLParser

ALLOWED = {
    "div", "span", "strong", "code", "details", "summary", "ul", "li", "svg", "title", "desc", "path",
    "g", "text", "circle", "table", "caption", "thead", "tbody", "tr", "th", "td", "br",
}  # fmt: skip
VOID = {"br"}


class Page(HTMLParser):
    """Tags with their attributes, the text, and whether every element is closed in its order."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def ids(self) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get("id"))]

    def assert_harmless(self) -> None:
        """Only known elements, no handlers, nothing from outside."""
        for tag, attributes in self.tags:
            assert tag in ALLOWED, tag
            for name, value in attributes.items():
                assert not name.startswith("on"), name
                assert name not in {"href", "src", "srcset", "xlink:href", "action", "formaction"}
                if name != "xmlns":
                    assert "://" not in (value or "")
                    assert "url(" not in (value or "")
