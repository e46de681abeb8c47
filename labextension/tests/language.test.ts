// @vitest-environment node
import { expect, test } from "vitest";
import { pickLanguage, said } from "../src/core/language";

test("the configured language wins, then the page's, then the browser's", () => {
  expect(pickLanguage("zh", ["en", "en-GB"])).toBe("zh");
  expect(pickLanguage("auto", ["zh-CN", "en-GB"])).toBe("zh");
  expect(pickLanguage("auto", ["", "zh-Hans"])).toBe("zh");
  expect(pickLanguage("auto", ["", ""])).toBe("en");
});

test("a text that lacks the language is shown in the other", () => {
  expect(said(["done", "完成"], "zh")).toBe("完成");
  expect(said(["done", ""], "zh")).toBe("done");
  expect(said(null, "en")).toBe("");
});
