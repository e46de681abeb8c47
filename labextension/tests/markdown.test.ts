import { expect, test } from "vitest";
import { readRender } from "../src/chat/prose";
import { readNumber } from "../src/chat/settings_view";
import { render } from "../src/markdown/index";

function shown(text: string): HTMLElement {
  const element = document.createElement("div");
  element.append(render(text));
  return element;
}

test("markdown becomes elements", () => {
  const element = shown("# A\n\n- *b*\n\n```js\nlet c = 1 < 2;\n```\n\n| d |\n|---|\n| e |\n");
  for (const tag of ["h1", "li > em", "pre > code", "table td"]) {
    expect(element.querySelector(tag), tag).not.toBeNull();
  }
  expect(element.querySelector("code")?.textContent).toBe("let c = 1 < 2;\n");
});

const ATTACKS = [
  "<script>window.hit = 1</script>",
  '<img src=x onerror="window.hit=1">',
  "<svg/onload=window.hit=1>",
  "![x](https://example.org/x.png)",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt&colon;alert(1))",
  "[x](data:text/html,<script>1</script>)",
  "[x](vbscript:x)",
  '<a href="javascript:alert(1)">x</a>',
  "<iframe srcdoc='<script>1</script>'></iframe>",
  '<form action="https://example.org"><input name="attributes"></form>',
  "<style>* { display: none }</style>",
  '```html" onmouseover="window.hit=1\nx\n```',
  '[x](https://example.org "\\" onclick=\\"window.hit=1")',
  "<math><mtext></p><style><img src=x onerror=1></style></mtext></math>",
];

test("no text of a model loads, runs or styles anything", () => {
  for (const attack of ATTACKS) {
    const element = shown(attack);
    const bad = element.querySelector("script, img, svg, iframe, form, input, style, math, object");
    expect(bad, attack).toBeNull();
    for (const one of element.querySelectorAll("*")) {
      for (const { name, value } of one.attributes) {
        expect(["href", "title", "start", "target", "rel"], attack).toContain(name);
        if (name === "href") expect(value, attack).toMatch(/^https:/);
      }
    }
  }
});

test("links leave the page, and tell nobody where from", () => {
  const link = shown("see https://example.org/a").querySelector("a");
  expect(link?.rel).toBe("noopener noreferrer nofollow");
  expect(link?.target).toBe("_blank");
});

test("a script that is something else is not used", () => {
  expect(readRender(null)).toBeNull();
  expect(readRender({ render: 3 })).toBeNull();
  expect(readRender({ render })).toBe(render);
});

test("what is typed as a number is one, and anything else goes as it is", () => {
  expect(["0,7", " 42 ", "", "hot", "1e-3", "0x", "1,000"].map(readNumber)).toEqual(
    [0.7, 42, null, "hot", 0.001, "0x", "1,000"],
  ); // prettier-ignore
  // A number that cannot be told exactly goes as it was typed.
  expect(readNumber("99999999999999999999999")).toBe("99999999999999999999999");
  expect(readNumber("9007199254740991")).toBe(9007199254740991);
});
