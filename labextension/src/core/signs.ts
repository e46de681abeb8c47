/* What tells lines apart that lie in one chart and mean the same, without their colours: dashes and signs. */
import { s } from "./dom";

export interface LineSign {
  /** A token of the style sheet, without `--ft-`. */
  readonly colour: string;
  /** Pixels drawn and left out, in turn; empty for a whole line. */
  readonly dash: readonly number[];
  /** As Plotly calls it. */
  readonly symbol: string;
  /** The same as a path around 0, 0, about 8 pixels wide. */
  readonly path: string;
}

const WHOLE: readonly number[] = [];
const DASHED = [7, 4];
const DOTTED = [2, 3];

/** As many as are ever compared; no two have the same symbol, and neighbours differ in everything. */
export const LINE_SIGNS: readonly LineSign[] = [
  { colour: "blue", dash: WHOLE, symbol: "circle", path: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" },
  { colour: "orange", dash: DASHED, symbol: "square", path: "M-3.5 -3.5h7v7h-7z" },
  { colour: "teal", dash: DOTTED, symbol: "triangle-up", path: "M0 -4.5l4.5 8h-9z" },
  { colour: "violet", dash: WHOLE, symbol: "diamond", path: "M0 -5l5 5l-5 5l-5 -5z" },
  { colour: "green", dash: DASHED, symbol: "triangle-down", path: "M0 4.5l4.5 -8h-9z" },
  { colour: "red", dash: DOTTED, symbol: "x", path: cross(45) },
  { colour: "amber", dash: WHOLE, symbol: "cross", path: cross(0) },
  { colour: "grey", dash: DASHED, symbol: "star", path: star(5) },
  { colour: "blue", dash: DOTTED, symbol: "hexagon", path: polygon(6) },
  { colour: "orange", dash: WHOLE, symbol: "pentagon", path: polygon(5) },
];

/** A sample of a line for a legend. */
export function signSample({ dash, path }: LineSign, colour: string): SVGSVGElement {
  const line = s("path", {
    d: "M0 7h34",
    fill: "none",
    style: `stroke:${colour}`,
    "stroke-width": 2,
    "stroke-dasharray": dash.join(" ") || null,
  });
  const sign = s("path", { d: path, transform: "translate(17 7)", style: `fill:${colour}` });
  return s("svg", { width: 34, height: 14, "aria-hidden": "true" }, line, sign);
}

function around(points: readonly (readonly [radius: number, degrees: number])[]): string {
  const at = points.map(([radius, degrees]) => {
    const angle = (degrees * Math.PI) / 180;
    return `${(radius * Math.sin(angle)).toFixed(1)} ${(-radius * Math.cos(angle)).toFixed(1)}`;
  });
  return `M${at.join("L")}z`;
}

function polygon(corners: number): string {
  return around(Array.from({ length: corners }, (_, at) => [4.5, (360 * at) / corners] as const));
}

function star(points: number): string {
  const radius = (at: number) => (at % 2 ? 2.2 : 5.2);
  const corners = Array.from({ length: 2 * points }, (_, at) => at);
  return around(corners.map((at) => [radius(at), (180 * at) / points] as const));
}

function cross(turned: number): string {
  const out: (readonly [number, number])[] = [];
  for (const arm of [0, 90, 180, 270]) {
    for (const [radius, degrees] of [
      [4.7, -18],
      [4.7, 18],
      [2.1, 45],
    ] as const) {
      out.push([radius, arm + degrees + turned]);
    }
  }
  return around(out);
}
