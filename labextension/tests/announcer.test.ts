import { beforeEach, expect, test, vi } from "vitest";
import { Announcer } from "../src/core/announcer";

beforeEach(() => void vi.useFakeTimers());

test("it speaks at most every five seconds, and then says the latest", () => {
  const element = document.createElement("div");
  const announcer = new Announcer(element);
  const heard: string[] = [];
  const observe = () => {
    const text = element.textContent;
    if (text !== heard[heard.length - 1]) heard.push(text);
  };
  for (let tick = 0; tick < 80; tick++) {
    announcer.say(`step ${tick}`);
    observe();
    vi.advanceTimersByTime(250);
    observe();
  }
  expect(heard).toEqual(["step 0", "step 19", "step 39", "step 59", "step 79"]);
});

test("what is urgent is not talked over", () => {
  const element = document.createElement("div");
  const announcer = new Announcer(element);
  announcer.say("step 1");
  announcer.say("failed", true);
  announcer.say("step 2");
  vi.advanceTimersByTime(5_000);
  expect(element.textContent).toBe("failed");
});
