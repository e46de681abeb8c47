import { beforeEach, expect, test, vi } from "vitest";
import { RunView } from "../src/core/run_view";
import { Session } from "../src/core/session";
import texts from "../src/core/texts.json";
import { LIVE, steps } from "./frames";

const ATTACK = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>`;
const CAN = { stop: true, save: true, evaluate: true, sample: true, set: true };

let sent: Record<string, unknown>[] = [];
let session: Session;

beforeEach(() => {
  document.body.replaceChildren();
  sent = [];
  const send = (message: Readonly<Record<string, unknown>>) => {
    if (message.kind !== "asset") sent.push({ ...message });
  };
  session = new Session((message) => send({ ...message }), texts);
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener() {},
    removeEventListener() {},
  }));
});

function shown(view: Record<string, unknown>): RunView {
  session.receive(...steps(0, 10, 1, 9, { view: { ...LIVE, can: CAN, ...view } }));
  const made = new RunView(session, texts, "en");
  document.body.append(made.element);
  made.draw();
  return made;
}

function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll<HTMLButtonElement>("button")].find((one) =>
    one.textContent.endsWith(name),
  );
  if (!found) throw new Error(`no button ${name}`);
  return found;
}

test("what is read out in Chinese is joined as Chinese is", () => {
  shown({ activity: ["training", "训练中"], phase: null });
  const spoken = document.querySelector("[role=status]")?.textContent ?? "";
  expect(spoken).toContain(", ");
  document.body.replaceChildren();
  const chinese = new RunView(session, texts, "zh");
  document.body.append(chinese.element);
  chinese.draw();
  const said = document.querySelector("[role=status]")?.textContent ?? "";
  expect(said).toContain("，");
  expect(said).not.toContain(", ");
});

test("whatever the events say is text", () => {
  const both = [ATTACK, ATTACK];
  shown({
    name: ATTACK,
    state: ATTACK,
    title: both,
    activity: both,
    warned: [both],
    adjusted: [both],
    error: [[ATTACK], [ATTACK]],
    tiles: [{ name: both, value: both, remark: both }],
    samples: [{ step: 1, prompt: ATTACK, answer: ATTACK, tokens: 1, scheduled: true }],
    checkpoints: [{ step: 1, reason: both, best: true }],
    settable: [{ key: ATTACK, value: ATTACK }],
  });
  expect(document.querySelectorAll("img, script")).toHaveLength(0);
  expect(document.body.textContent).toContain(ATTACK);
  expect(document.querySelector(".ft-sample-answer")?.textContent).toBe(ATTACK);
});

test("stop pressed twenty times sends one command, and says how far it is", () => {
  const view = shown({});
  for (let press = 0; press < 20; press++) {
    button("Stop").click();
    view.draw();
  }
  const asked = sent.filter((one) => one.kind === "do");
  expect(asked).toHaveLength(1);
  expect(button("Stop").getAttribute("aria-disabled")).toBe("true");
  session.receive(
    { kind: "done", id: asked[0]?.id, ok: true, text: ["sent", "已发送"], command: "c1" },
    [],
  );
  view.draw();
  expect(document.body.textContent).toContain("… Stop: sent");
});

test("while a cell runs the buttons are disabled with words, and stay in the tab order", () => {
  const view = shown({});
  session.receive({ kind: "busy", busy: true }, []);
  view.draw();
  button("Save").click();
  expect(sent).toEqual([]);
  const why = document.getElementById(button("Save").getAttribute("aria-describedby") ?? "");
  expect(why?.textContent).toContain("A cell is running");
  expect(why?.hidden).toBe(false);
  expect(button("Save").disabled).toBe(false);
  session.receive({ kind: "busy", busy: false }, []);
  view.draw();
  button("Save").click();
  expect(sent).toHaveLength(1);
});

test("a value is set by a form that shows what it is now", () => {
  shown({
    settable: [
      { key: "learning_rate", value: 0.0002 },
      { key: "save_steps", value: 50 },
    ],
  });
  button("Set").click();
  const form = button("Set").closest(".ft-root")?.querySelectorAll("form")[1];
  const value = form?.querySelector("input");
  if (!form || !value) throw new Error("no form");
  expect(form.hidden).toBe(false);
  expect(value.value).toBe("0.0002");
  value.value = " 1e-4 ";
  form.requestSubmit();
  expect(sent[0]).toMatchObject({ what: "set", params: { key: "learning_rate", value: "1e-4" } });
  expect(form.hidden).toBe(true);
});

test("an empty prompt is not sent, and what was typed stays when the kernel is busy", () => {
  const view = shown({});
  button("Sample").click();
  const form = document.querySelector("form");
  const prompt = form?.querySelector("textarea");
  if (!form || !prompt) throw new Error("no form");
  form.requestSubmit();
  expect(sent).toEqual([]);
  prompt.value = "Why?";
  session.receive({ kind: "busy", busy: true }, []);
  view.draw();
  form.requestSubmit();
  expect(sent).toEqual([]);
  expect(prompt.value).toBe("Why?");
  session.receive({ kind: "busy", busy: false }, []);
  view.draw();
  form.requestSubmit();
  expect(sent[0]).toMatchObject({ what: "sample", params: { prompt: "Why?" } });
});

test("a GPU is told of where there is one", () => {
  const gpu = { device: "cuda:0", memory_bytes: 7.5e9, memory_available: 22e9 };
  shown({ gpu });
  expect(document.querySelector(".ft-tiles")?.textContent).toBe(
    "memory of cuda:07.50 GBof 22 GB that were free",
  );
});

test("a run that is over has no buttons, one whose folder is gone says so", () => {
  const view = shown({ state: "finished", live: false });
  expect(button("Stop").closest<HTMLElement>("[role=group]")?.hidden).toBe(true);
  session.receive({ kind: "gone", text: ["The folder was deleted.", "文件夹已删除。"] }, []);
  view.draw();
  expect(document.body.textContent).toContain("The folder was deleted.");
});

test("disposed, nothing of it is left", () => {
  const view = shown({});
  view.dispose();
  session.receive(...steps(10, 20, 10, 12));
  expect(document.body.children).toHaveLength(0);
});

test("a run whose folder is gone is no longer said to run", () => {
  const view = shown({ total_steps: 20, step: 9, left: ["about 1 min left", "约剩 1 分钟"] });
  expect(document.body.textContent).toContain("about 1 min left");
  session.receive(
    { kind: "gone", text: ["It is gone. — Start anew.", "已删除。 — 重新开始。"] },
    [],
  );
  view.draw();
  const lost = [...document.querySelectorAll<HTMLElement>(".ft-error")].find((one) => !one.hidden);
  expect([...(lost?.children ?? [])].map((one) => one.textContent)).toEqual([
    "It is gone.",
    "Start anew.",
  ]);
  expect(document.querySelector<HTMLElement>(".ft-badge")?.hidden).toBe(true);
  expect(document.querySelector(".ft-bar")?.parentElement?.hidden).toBe(true);
  expect(button("Stop").closest("[hidden]")).not.toBeNull();
});

test("the small curves tell the last step at once", () => {
  const view = shown({});
  session.receive(...steps(10, 11, 10, 10));
  view.draw();
  expect(document.querySelector(".ft-metric-value")?.textContent).toBe("1,010");
});
