// @vitest-environment node
import { expect, test } from "vitest";
import { Commands } from "../src/core/commands";

const OVER = ["over", "over"] as const;
const LOST = ["lost", "lost"] as const;

test("pressed twenty times, one command is sent", () => {
  const commands = new Commands();
  const sent = Array.from({ length: 20 }, (_, at) => commands.press("stop", {}, at)).filter(
    Boolean,
  );
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ kind: "do", what: "stop", params: {} });
});

test("a command is asked, sent, and confirmed by its event alone", () => {
  const commands = new Commands();
  const asked = commands.press("save", {}, 0);
  expect(commands.of("save")?.stage).toBe("asked");
  commands.done(asked?.id ?? "", true, ["sent", "sent"], "c1", 5);
  expect(commands.of("save")?.stage).toBe("sent");
  commands.told([{ id: "other", command: "save", ok: true, text: ["x", "x"] }], true, OVER, 7);
  commands.told([{ id: "c1", command: "save", ok: null, text: ["", ""] }], true, OVER, 7);
  expect(commands.of("save")?.stage).toBe("sent");
  commands.told([{ id: "c1", command: "save", ok: true, text: ["saved", "saved"] }], true, OVER, 7);
  expect(commands.of("save")).toMatchObject({
    stage: "confirmed",
    text: ["saved", "saved"],
    settled: 7,
  });
  expect(commands.press("save", {}, 1)).not.toBeNull();
});

test("an event may come before the word that the command was sent", () => {
  const commands = new Commands();
  const asked = commands.press("evaluate", {}, 0);
  const answer = {
    id: "c1",
    command: "evaluate",
    ok: false,
    text: ["no rows", "no rows"],
  } as const;
  commands.told([answer], true, OVER, 7);
  expect(commands.of("evaluate")?.stage).toBe("asked");
  commands.done(asked?.id ?? "", true, ["sent", "sent"], "c1", 5);
  commands.told([answer], true, OVER, 7);
  expect(commands.of("evaluate")).toMatchObject({ stage: "refused", text: ["no rows", "no rows"] });
});

test("what the kernel refuses may be tried again", () => {
  const commands = new Commands();
  const asked = commands.press("stop", {}, 0);
  commands.done(asked?.id ?? "", false, ["gone", "gone"], "", 5);
  expect(commands.of("stop")?.stage).toBe("refused");
  expect(commands.press("stop", {}, 1)).not.toBeNull();
});

test("a kernel that says nothing is given up, and may be asked again", () => {
  const commands = new Commands();
  const first = commands.press("stop", {}, 0);
  expect(commands.wait(14_000, LOST)).toBe(false);
  expect(commands.wait(16_000, LOST)).toBe(true);
  expect(commands.of("stop")).toMatchObject({ stage: "unanswered", text: LOST });
  expect(commands.press("stop", {}, 17_000)).not.toBeNull();
  commands.done(first?.id ?? "", false, ["late", "late"], "", 5);
  expect(commands.of("stop")?.stage).toBe("asked");
});

test("a run that has ended answers no more, and a stop has then been obeyed", () => {
  const commands = new Commands();
  commands.press("save", {}, 0);
  commands.press("stop", {}, 0);
  commands.told([], false, OVER, 7);
  expect(commands.of("save")).toMatchObject({ stage: "refused", text: OVER });
  expect(commands.of("stop")?.stage).toBe("confirmed");
});

test("a run that was stopped and goes on again can be stopped again", () => {
  const commands = new Commands();
  commands.press("stop", {}, 0);
  commands.told([], false, OVER, 1);
  expect(commands.isPending("stop")).toBe(true);
  commands.told([], true, OVER, 2);
  expect(commands.press("stop", {}, 3)).not.toBeNull();
  commands.told([], true, OVER, 4);
  expect(commands.isPending("stop")).toBe(true);
});
