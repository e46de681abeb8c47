/* The checkpoints that lie in the folder, and going on from one of them. */
import { h, setAttribute, setText, show } from "../../core/dom";
import { count, dataSize } from "../../core/format";
import { said, type Language } from "../../core/language";
import type { Session } from "../../core/session";
import type { Say } from "../../core/texts";
import type { CheckpointBody, RunDetails } from "../api/types";
import { Loaded } from "./loaded";
import type { Tab } from "./tabs";

/**
 * @param session tells why each was written, and that there are others now
 * @param resume goes on from a step; told where the keyboard is to return to
 */
export function checkpointsTab(
  say: Say,
  language: Language,
  session: Session,
  ask: (signal: AbortSignal) => Promise<RunDetails>,
  resume: (step: number) => void,
): Tab {
  const body = h("tbody");
  const none = h("p", { class: "ft-muted" }, say("lab_page.no_checkpoints"));
  const why = h("p", { class: "ft-small ft-muted" });
  const table = h(
    "div",
    {
      class: "ft-page-scroll",
      tabindex: 0,
      role: "group",
      "aria-label": say("lab_page.tab.checkpoints"),
    },
    h(
      "table",
      { class: "ft-page-table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col", class: "ft-page-number" }, say("lab_page.step")),
          h("th", { scope: "col" }, say("lab_page.reason")),
          h("th", { scope: "col", class: "ft-page-number" }, say("lab_page.size")),
          h("th", { scope: "col" }, say("lab_page.condition")),
          h("th", { scope: "col" }, h("span", { class: "ft-spoken" }, say("lab_page.actions"))),
        ),
      ),
      body,
    ),
  );
  const content = h("div", {}, none, table, why);
  const row = (one: CheckpointBody, isLive: boolean, mine: boolean) => {
    const told = session.store.view?.checkpoints.find((other) => other.step === one.step);
    const step = count(one.step);
    const button = h(
      "button",
      {
        class: "ft-button ft-button-quiet",
        type: "button",
        "aria-label": say("lab_page.resume_from", { step }),
      },
      say("lab_page.resume_here"),
    );
    const can = !isLive && mine && one.damage === null;
    // Not `disabled`: the keyboard stays where it is, and what is said below is read out.
    setAttribute(button, "aria-disabled", can ? null : "true");
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") resume(one.step);
    });
    const reason = told ? said(told.reason, language) : "";
    return h(
      "tr",
      { "data-step": one.step },
      h("th", { scope: "row", class: "ft-page-number" }, step),
      h(
        "td",
        {},
        [reason, told?.best ? `★ ${say("lab_page.best")}` : ""].filter(Boolean).join(" · "),
      ),
      h("td", { class: "ft-page-number" }, dataSize(one.bytes)),
      h(
        "td",
        {},
        one.damage === null
          ? say("lab_page.sound")
          : h("span", { class: "ft-page-bad" }, `✕ ${one.damage}`),
      ),
      h("td", {}, button),
    );
  };
  const draw = ({ checkpoints, run }: RunDetails) => {
    const isLive = session.store.view?.live ?? run.live;
    show(none, checkpoints.length === 0);
    show(table, checkpoints.length > 0);
    setText(
      why,
      checkpoints.length === 0
        ? ""
        : say(
            !run.mine
              ? "lab_page.not_yours"
              : isLive
                ? "lab_page.resume_live"
                : "lab_page.resume_about",
          ),
    );
    body.replaceChildren(...[...checkpoints].reverse().map((one) => row(one, isLive, run.mine)));
  };
  const loaded = new Loaded(say, content, ask, draw);
  let isSeen = false;
  let known = "";
  const look = () => {
    const { view } = session.store;
    const now = JSON.stringify([view?.state, view?.checkpoints]);
    if (now === known || !isSeen) return;
    known = now;
    void loaded.load();
  };
  const forget = session.subscribe(look);
  return {
    element: loaded.element,
    look: (seen) => {
      isSeen = seen;
      if (seen && !loaded.has) known = "";
      look();
    },
    dispose: () => {
      forget();
      loaded.stop();
    },
  };
}
