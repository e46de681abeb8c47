/* Pure parts of the view: text made visible, and messages parted where something fell away. */

/** What a stretch of text is: to be read, or a sign for what would not be seen. */
export interface Piece {
  readonly text: string;
  readonly isSign: boolean;
}

const SIGNS: Readonly<Record<string, string>> = { " ": "·", "\n": "↵\n", "\t": "→\t", "\r": "␍" };

/* Characters that nobody sees, or that turn the direction of what stands around them. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- these are meant
  /[ \n\t\r\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]/gu;

const SPACES: ReadonlySet<string> = new Set([
  " ",
  "\n",
  "\t",
  "\u00a0",
  "\u3000",
  "\u200d",
  "\ufe0f",
]);

/** Text in pieces, with a sign for each character that nobody would see. */
export function visible(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const found of text.matchAll(HIDDEN)) {
    if (found.index > at) out.push({ text: text.slice(at, found.index), isSign: false });
    out.push({ text: SIGNS[found[0]] ?? named(found[0]), isSign: true });
    at = found.index + found[0].length;
  }
  if (at < text.length) out.push({ text: text.slice(at), isSign: false });
  return out;
}

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** Text as it is read, but for what would hide in it or turn it around. */
export function legible(text: string): string {
  return text.replace(HIDDEN, (one) => (SPACES.has(one) ? one : named(one)));
}

/** Text on a line, for where a token is told of: quoted, and nothing in it hidden. */
export function quoted(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    " ": " ",
  };
  const shown = text.replace(HIDDEN, (one) => signs[one] ?? named(one));
  return `“${shown}”`;
}

export interface Stretch {
  readonly text: string;
  readonly isStruck: boolean;
}

/** A text parted where stretches of it fell away. */
export function parted(text: string, struck: readonly (readonly [number, number])[]): Stretch[] {
  // What is counted in the kernel are characters, not halves of them.
  const characters = struck.length ? Array.from(text) : [];
  const out: Stretch[] = [];
  let at = 0;
  for (const [start, stop] of struck) {
    if (start > at) out.push({ text: characters.slice(at, start).join(""), isStruck: false });
    const gone = characters.slice(Math.max(at, start), stop).join("");
    if (gone) out.push({ text: gone, isStruck: true });
    at = Math.max(at, stop);
  }
  const rest = struck.length ? characters.slice(at).join("") : text;
  if (rest) out.push({ text: rest, isStruck: false });
  return out;
}
