import { expect, test } from "vitest";
import { ChatSession } from "../src/chat/session";
import texts from "../src/chat/texts.json";
import { ChatView } from "../src/chat/view";

const HEAD = {
  name: "first",
  busy: false,
  sides: ["tuned", "base", "step-40"].map((id) => ({ id, label: [id, id] })),
  chosen: ["tuned"],
  most_sides: 2,
  sources: [["It costs.", "有代价。"]],
  settings: { temperature: 0.5 },
  defaults: { top_k: 50 },
  conversations: [],
  kept: true,
};

function reply(side: string, more: Record<string, unknown> = {}) {
  return { side, label: [side, side], text: "<b>hi</b>", state: "done", ...more };
}

function turn(id: string, replies: unknown[], more: Record<string, unknown> = {}) {
  return { id, text: "<i>Who?</i>", versions: [id], rounds: ["r"], round: "r", replies, ...more };
}

function opened(turns: unknown[], head: Record<string, unknown> = {}) {
  const sent: Record<string, unknown>[] = [];
  const session = new ChatSession((message) => sent.push({ ...message }));
  const view = new ChatView(session, texts, "en");
  document.body.replaceChildren(view.element);
  let seq = 0;
  const tell = (more: unknown[], changed: Record<string, unknown> = {}) => {
    seq += 1;
    const whole = { kind: "change", base: 0, seq, from: 0, turns: more };
    session.receive({ ...whole, head: { ...HEAD, ...head, ...changed } }, []);
    view.draw();
  };
  tell(turns);
  return { sent, session, view, tell, root: view.element };
}

function press(root: HTMLElement, word: string): void {
  const found = [...root.querySelectorAll("button")].find((one) => one.textContent === word);
  if (!found) throw new Error(`no button ${word}`);
  found.click();
}

function type(area: Element | null, text: string, key: Record<string, unknown> = {}): boolean {
  if (!(area instanceof HTMLTextAreaElement)) throw new Error("no area");
  area.value = text;
  const event = new KeyboardEvent("keydown", {
    key: "Enter",
    bubbles: true,
    cancelable: true,
    ...key,
  });
  area.dispatchEvent(event);
  return event.defaultPrevented;
}

test("what people and models write is text", () => {
  const { root } = opened([turn("t", [reply("tuned")])]);
  expect(root.querySelector("b, i")).toBeNull();
  expect(root.textContent).toContain("<i>Who?</i>");
  expect(root.textContent).toContain("<b>hi</b>");
});

test("an answer that was stopped before its first word says so", () => {
  const { root } = opened([turn("t", [reply("tuned", { text: "", state: "stopped" })])]);
  expect(root.querySelector(".ft-chat-doing")?.textContent).toBe("(stopped before the first word)");
});

test("Enter sends with sides and settings, and the text stays until it is taken", () => {
  const { sent, session, root } = opened([]);
  const area = root.querySelector<HTMLTextAreaElement>(".ft-chat-input");
  expect(type(area, "Hello", { shiftKey: true })).toBe(false);
  expect(type(area, "你好", { isComposing: true })).toBe(false);
  expect(sent).toEqual([]);
  expect(type(area, "Hello")).toBe(true);
  const [message] = sent;
  expect(message).toMatchObject({
    kind: "ask",
    text: "Hello",
    sides: ["tuned"],
    settings: { temperature: 0.5 },
  });
  session.receive({ kind: "refused", id: message?.id, lines: [["No."], ["不。"]] }, []);
  expect(area?.value).toBe("Hello");
  expect(root.querySelector("[role=alert]")?.textContent).toBe("No.");
  type(area, "Hello");
  session.receive({ kind: "accepted", id: sent[1]?.id }, []);
  expect(area?.value).toBe("");
  expect(root.querySelector("[role=alert]")).toBeNull();
});

test("while it is answered, Escape stops and nothing else is sent", () => {
  const { sent, root } = opened([turn("t", [reply("tuned", { state: "writing" })])], {
    busy: true,
  });
  const area = root.querySelector(".ft-chat-input");
  type(area, "More");
  expect(sent.filter((one) => one.kind === "ask")).toEqual([]);
  area?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  expect(sent.map((one) => one.kind)).toContain("stop");
  expect(root.querySelector<HTMLButtonElement>(".ft-chat-question button")?.disabled).toBe(true);
});

test("keys that are pressed inside stay inside", () => {
  const { root } = opened([]);
  const heard: string[] = [];
  document.body.addEventListener("keydown", (event) => heard.push(event.key));
  type(root.querySelector(".ft-chat-input"), "x", { key: "d" });
  expect(heard).toEqual([]);
});

test("a turn is edited in its place, and an error of it stands there", () => {
  const { sent, session, root } = opened([turn("t", [reply("tuned")])]);
  press(root, "Edit");
  const area = root.querySelector<HTMLTextAreaElement>(".ft-chat-edit textarea");
  expect(area?.value).toBe("<i>Who?</i>");
  type(area, "Whom?");
  const asked = sent.find((one) => one.kind === "edit");
  expect(asked).toMatchObject({ turn: "t", text: "Whom?" });
  session.receive({ kind: "refused", id: asked?.id, lines: [["No."], ["不。"]] }, []);
  expect(root.querySelector(".ft-chat-edit [role=alert]")?.textContent).toBe("No.");
  expect(area?.value).toBe("Whom?");
});

test("versions are gone through, and sides stand in columns", () => {
  const two = turn("t", [reply("tuned"), reply("base")], {
    rounds: ["q", "r"],
    versions: ["s", "t"],
  });
  const { sent, root } = opened([two]);
  expect([...root.querySelectorAll(".ft-chat-replies > *")]).toHaveLength(2);
  const earlier = root.querySelectorAll<HTMLButtonElement>('[aria-label="Earlier version"]');
  for (const one of earlier) one.click();
  expect(sent.filter((one) => one.kind === "choose").map((one) => one.to)).toEqual(["s", "q"]);
});

test("one side at least is asked, and no more than there is room for", () => {
  const { sent, root, tell } = opened([]);
  const button = (id: string) => root.querySelector<HTMLButtonElement>(`[data-side="${id}"]`);
  button("tuned")?.click();
  expect(sent.filter((one) => one.kind === "set")).toEqual([]);
  button("base")?.click();
  expect(sent.find((one) => one.kind === "set")).toMatchObject({ sides: ["tuned", "base"] });
  tell([], { chosen: ["tuned", "base"] });
  expect(root.querySelector<HTMLSelectElement>(".ft-chat-sides select")?.disabled).toBe(true);
  expect(button("base")?.getAttribute("aria-pressed")).toBe("true");
});

test("a failed answer says why and is tried again", () => {
  const error = [["It died.", "  Try again."], ["它死了。"]];
  const { sent, root } = opened([
    turn("t", [reply("tuned", { state: "failed", text: "", error })]),
  ]);
  expect(root.querySelector(".ft-chat-reply .ft-error")?.textContent).toBe("It died.Try again.");
  press(root, "Try again");
  expect(sent.find((one) => one.kind === "again")).toMatchObject({ turn: "t" });
});

test("thinking is folded, and stays open for a reader who opened it", () => {
  const writing = (text: string) => [turn("t", [reply("tuned", { state: "writing", text })])];
  const { root, tell } = opened(writing("<think>a"));
  const details = root.querySelector("details.ft-chat-thinking");
  expect(details).toBeInstanceOf(HTMLDetailsElement);
  expect(details?.hasAttribute("open")).toBe(false);
  details?.setAttribute("open", "");
  tell(writing("<think>a b</think>c"));
  expect(root.querySelector("details.ft-chat-thinking")).toBe(details);
  expect(details?.hasAttribute("open")).toBe(true);
  expect(root.querySelector(".ft-chat-reply")?.textContent).toContain("c");
});

test("a button that is being pressed stays, whatever is told meanwhile", () => {
  const { root, tell, sent } = opened([]);
  const base = [...root.querySelectorAll("button")].find((one) => one.textContent === "base");
  tell([turn("t", [reply("tuned")])], { sides: HEAD.sides.slice(0, 2) });
  expect(base?.isConnected).toBe(true);
  base?.click();
  expect(sent.at(-1)).toMatchObject({ kind: "set", sides: ["tuned", "base"] });
});

test("a setting that the kernel does not have yet stays as it was typed, and is asked with", () => {
  const { root, session, sent, tell } = opened([]);
  const area = root.querySelector(".ft-chat-input");
  const field = [...root.querySelectorAll<HTMLInputElement>(".ft-chat-settings input")].at(-1);
  if (!field) throw new Error("no field");
  field.value = "7";
  field.dispatchEvent(new Event("input"));
  field.dispatchEvent(new Event("change"));
  tell([], { settings: { temperature: 0.6 } }); // the answer to what was changed before
  expect(field.value).toBe("7");
  type(area, "Hello");
  expect(sent.at(-1)).toMatchObject({ kind: "ask", settings: { temperature: 0.5, seed: 7 } });
  for (const { id } of sent.slice(-2)) session.receive({ kind: "accepted", id }, []);
  tell([], { settings: { temperature: 0.6, seed: 8 } });
  expect(field.value).toBe("8");
});

test("sides that the kernel does not have yet stay chosen, whatever is told meanwhile", () => {
  const { root, session, tell, sent } = opened([]);
  press(root, "base");
  tell([turn("t", [reply("tuned")])]); // the answer to what was asked before
  type(root.querySelector(".ft-chat-input"), "Both?");
  expect(sent.at(-1)).toMatchObject({ kind: "ask", sides: ["tuned", "base"] });
  for (const { id } of sent) session.receive({ kind: "accepted", id }, []);
  tell([], { chosen: ["base"] });
  expect(root.querySelector("[data-side=tuned]")?.getAttribute("aria-pressed")).toBe("false");
});

test("each setting that is refused says so at its field, until it is typed anew; Enter then sends", () => {
  const { root, session, sent, tell } = opened([]);
  const area = root.querySelector<HTMLTextAreaElement>(".ft-chat-input");
  const [temperature, , , tokens] =
    root.querySelectorAll<HTMLInputElement>(".ft-chat-settings input");
  if (!temperature || !tokens) throw new Error("no fields");
  const set = (field: HTMLInputElement, value: string) => {
    field.value = value;
    field.dispatchEvent(new Event("input"));
  };
  set(temperature, "hot");
  set(tokens, "many");
  type(area, "Hello");
  const lines = [["No."], ["不。"]];
  const fields = {
    temperature: [["Not hot."], ["不。"]],
    max_new_tokens: [["Not many."], ["不。"]],
  };
  session.receive({ kind: "refused", id: sent.at(-1)?.id, lines, fields }, []);
  const wrong = () =>
    [...root.querySelectorAll(".ft-wrong:not([hidden])")].map((one) => one.textContent);
  expect(wrong()).toEqual(["Not hot.", "Not many."]);
  expect(tokens.getAttribute("aria-invalid")).toBe("true");
  set(tokens, "7");
  expect(wrong()).toEqual(["Not hot."]);
  set(temperature, "1");
  tell([]);
  type(area, "Hello");
  expect(sent.at(-1)).toMatchObject({ settings: { temperature: 1, max_new_tokens: 7 } });
  session.receive({ kind: "accepted", id: sent.at(-1)?.id }, []);
  expect(area?.value).toBe("");
  expect(root.querySelector("[role=alert]")).toBeNull();
});
