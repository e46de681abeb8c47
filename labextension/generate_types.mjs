/*
 * Writes src/lab/api/types.ts, the types of what goes over the wire, from api/schema.json, which
 * `python -m ftkernel.lab.schema` writes.
 *
 * `node generate_types.mjs` writes; `node generate_types.mjs --check` fails where the file is not up to date.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";
import { format, resolveConfig } from "prettier";

const here = dirname(fileURLToPath(import.meta.url));
const place = join(here, "src", "lab", "api", "types.ts");
const schema = JSON.parse(readFileSync(join(here, "api", "schema.json"), "utf8"));

// A definition is a type only where something leads to it.
const whole = {
  ...schema,
  title: "Wire",
  type: "object",
  additionalProperties: false,
  required: Object.keys(schema.$defs),
  properties: Object.fromEntries(
    Object.keys(schema.$defs).map((name) => [name, { $ref: `#/$defs/${name}` }]),
  ),
};
const banner = "/* Made by generate_types.mjs from api/schema.json: do not edit. */";
const options = {
  additionalProperties: false,
  bannerComment: banner,
  format: false,
  unknownAny: true,
  ignoreMinAndMaxItems: true,
};
const raw = await compile(withoutTitles(whole), "Wire", options);
const text = await format(raw, { ...(await resolveConfig(place)), parser: "typescript" });

/** Titles of fields would become types of their own. */
function withoutTitles(value, depth = 0) {
  if (Array.isArray(value)) return value.map((one) => withoutTitles(one, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, one]) => !(name === "title" && typeof one === "string" && depth > 2))
      .map(([name, one]) => [name, withoutTitles(one, depth + 1)]),
  );
}

if (process.argv.includes("--check")) {
  const same = existsSync(place) && readFileSync(place, "utf8") === text;
  if (!same) console.error("src/lab/api/types.ts is not up to date: run npm run types");
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(place, text);
  console.log(`${place}  ${text.length} bytes`);
}
