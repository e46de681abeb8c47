import { beforeEach, expect, test, vi } from "vitest";
import type { Plotly } from "../src/core/plot";
import { RunView } from "../src/core/run_view";
import { Session } from "../src/core/session";
import texts from "../src/core/texts.json";
import { LIVE, steps } from "./frames";

/** Draws nothing, and refuses to extend what was not drawn, as Plotly does. */
function plotly(): Plotly & { readonly points: Map<HTMLElement, number> } {
  const points = new Map<HTMLElement, number>();
  const count = (graph: HTMLElement, x: ArrayLike<unknown> | undefined) => {
    points.set(graph, (points.get(graph) ?? 0) + (x?.length ?? 0));
    return Promise.resolve();
  };
  return {
    points,
    react(graph, data) {
      points.delete(graph);
      return count(graph, data[0]?.x as Float64Array);
    },
    extendTraces(graph, update) {
      if (!points.has(graph)) throw new Error("plot.ly: nothing is drawn here");
      return count(graph, (update.x as Float64Array[])[0]);
    },
    relayout: () => Promise.resolve(),
    purge: (graph) => void points.delete(graph),
  };
}

let session: Session;
let arrive: (value: unknown) => void = () => undefined;

beforeEach(() => {
  document.body.replaceChildren();
  const media = { matches: false, addEventListener() {}, removeEventListener() {} };
  vi.stubGlobal("matchMedia", () => media);
  session = new Session(() => undefined, texts);
  session.need = (_name, then) => {
    arrive = then;
    return () => undefined;
  };
});

function shown(): RunView {
  session.receive(...steps(0, 10, 1, 9, { view: LIVE }));
  const view = new RunView(session, texts, "en");
  document.body.append(view.element);
  view.draw();
  return view;
}

test("what arrives while the view is out of the page is drawn when it is back", () => {
  const view = shown();
  const library = plotly();
  view.element.remove();
  arrive(library);
  expect(library.points.size).toBe(0);
  session.receive(...steps(10, 11, 10, 10));
  document.body.append(view.element);
  view.draw();
  expect([...library.points.values()]).toEqual([10]);
  session.receive(...steps(11, 12, 11, 11));
  view.draw();
  expect([...library.points.values()]).toEqual([11]);
  expect(document.querySelectorAll(".ft-plot-image > .ft-plot-surface")).toHaveLength(1);
});

test("a drawing that fails is tried again, and the first one stays until it is there", () => {
  const failed = vi.fn();
  vi.stubGlobal("reportError", failed);
  const view = shown();
  const library = plotly();
  const draw = library.react.bind(library);
  library.react = () => {
    throw new Error("not now");
  };
  expect(() => arrive(library)).toThrow("not now");
  view.draw();
  expect(failed).toHaveBeenCalledTimes(1);
  expect(document.querySelector(".ft-plot-image svg")).not.toBeNull();
  session.receive(...steps(10, 11, 10, 10, { view: { ...LIVE, warned: [["hot", "热"]] } }));
  view.draw();
  expect(document.body.textContent).toContain("hot");
  library.react = draw;
  view.draw();
  expect([...library.points.values()]).toEqual([10]);
  expect(document.querySelector(".ft-plot-image svg")).toBeNull();
});

test("parts of steps are not named, also where there are few, and round ones while they grow", () => {
  session.receive(...steps(0, 3, 1, 3, { view: LIVE }));
  const view = new RunView(session, texts, "en");
  document.body.append(view.element);
  view.draw();
  const library = plotly();
  const axes: unknown[] = [];
  const draw = library.react.bind(library);
  library.react = (graph, data, layout, config) => {
    axes.push(layout.xaxis);
    return draw(graph, data, layout, config);
  };
  const changed = vi.spyOn(library, "relayout");
  arrive(library);
  expect(axes).toMatchObject([{ tickmode: "linear", tick0: 0, dtick: 1 }]);
  session.receive(...steps(3, 4, 4, 4));
  view.draw();
  expect(changed).not.toHaveBeenCalled();
  session.receive(...steps(4, 9, 5, 9));
  view.draw();
  expect(changed.mock.lastCall?.[1]).toEqual({
    "xaxis.tickmode": "linear",
    "xaxis.tick0": 0,
    "xaxis.dtick": 2,
  });
});

test("points whose drawing fails are in the next one", () => {
  vi.stubGlobal("reportError", vi.fn());
  const view = shown();
  const library = plotly();
  const extend = library.extendTraces.bind(library);
  arrive(library);
  library.extendTraces = () => {
    throw new Error("not now");
  };
  session.receive(...steps(10, 12, 10, 11));
  view.draw();
  library.extendTraces = extend;
  session.receive(...steps(12, 13, 12, 12));
  view.draw();
  expect([...library.points.values()]).toEqual([12]);
});
