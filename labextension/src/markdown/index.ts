/*
 * Markdown of a model to elements of the page: the one place where text becomes markup.
 *
 * Two locks: markdown-it writes no HTML that stands in the text, and DOMPurify lets only the elements below
 * through, of which none loads, runs or styles anything. Pictures stay text: showing one would tell a stranger's
 * server what was asked.
 */
import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";

const ELEMENTS = [
  "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "del", "code", "pre",
  "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a",
]; // prettier-ignore

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable("image");
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

/** The elements that a text in markdown means. */
export function render(text: string): DocumentFragment {
  const clean = DOMPurify.sanitize(markdown.render(text), {
    ALLOWED_TAGS: ELEMENTS,
    ALLOWED_ATTR: ["href", "title", "start"],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of clean.querySelectorAll("a")) {
    link.setAttribute("target", "_blank");
    link.setAttribute("rel", "noopener noreferrer nofollow");
  }
  return clean;
}
