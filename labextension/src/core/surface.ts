import type { Look, Points } from "./metrics";
import type { LineSign } from "./signs";
import type { Theme } from "./theme";

export interface Line extends Points {
  readonly look: Look;
  readonly colour: string;
  /** Where several lines mean the same, what else tells this one; it counts before the look. */
  readonly sign?: LineSign;
}

/** Everything that a chart shows but its marks, which lie above it. */
export interface Picture {
  readonly lines: readonly Line[];
  readonly log: boolean;
  /** As long as it stays the same, so does the reader's zoom. */
  readonly subject: string;
  /** How values along the bottom are written. */
  readonly across: "number" | "time" | "short";
  /** There is nothing between two whole values along the bottom: steps. */
  readonly whole: boolean;
  readonly theme: Theme;
}

/** Where values are drawn, in pixels from the surface's corner. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Something that draws a picture. */
export interface Surface {
  draw(picture: Picture): void;
  /** Add points at the end of the lines of the last picture; `null` for a line that gets none. */
  extend(more: readonly (Points | null)[]): void;
  resize(): void;
  area(): Area;
  toPixel(x: number): number;
  toValue(pixel: number): number;
  /** What part of the bottom is looked at; `null` while it is all. */
  range(): [number, number] | null;
  /** Look at everything again. */
  reset(): void;
  dispose(): void;
}
