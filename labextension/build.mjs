/*
 * Builds what the Python package serves, into ftkernel/notebook/static/:
 *
 *   src/widget/<name>.ts, for each of WIDGETS  ->  <name>.js, an ES module for anywidget
 *   ASSETS  ->  classic scripts that set one global each, loaded once a page
 *   assets.json  ->  for each name {file, sha256, version, licence, global}
 *
 * `node build.mjs` writes; `node build.mjs --check` names what is not up to date and fails.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "ftkernel", "notebook", "static");

const SHARED = {
  bundle: true,
  minify: true,
  write: false,
  charset: "utf8",
  target: ["es2022"],
  legalComments: "none",
  logLevel: "error",
  absWorkingDir: here,
};

const WIDGETS = ["chat", "preview", "run"];

/** Each is either a file of a package as it is, or a bundle of our own around packages. */
const ASSETS = [
  {
    name: "plotly",
    file: "plotly-basic.min.js",
    global: "Plotly",
    packages: ["plotly.js-basic-dist-min"],
    copy: "plotly.js-basic-dist-min/plotly-basic.min.js",
    licenceFile: "plotly-basic.LICENSE",
  },
  {
    name: "markdown",
    file: "markdown.js",
    global: "ftkernelMarkdown",
    packages: ["markdown-it", "dompurify"],
    entry: "src/markdown/index.ts",
    licenceFile: "markdown.LICENSE",
  },
];

async function bundle(entry, options) {
  const result = await build({ ...SHARED, ...options, entryPoints: [entry] });
  return Buffer.from(result.outputFiles[0].contents);
}

function description(name) {
  return JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
}

function licences(packages) {
  const texts = packages.map((name) => {
    const folder = join(here, "node_modules", name);
    const file = readdirSync(folder).find((one) => /^licen[sc]e/i.test(one));
    const text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
    return packages.length === 1 ? text : `${name}\n${"-".repeat(name.length)}\n\n${text.trim()}\n`;
  });
  return Buffer.from(texts.join("\n"));
}

async function everything() {
  const files = new Map();
  for (const name of WIDGETS) {
    files.set(`${name}.js`, await bundle(`src/widget/${name}.ts`, { format: "esm" }));
  }
  const table = {};
  for (const asset of ASSETS) {
    if (asset.entry && !existsSync(join(here, asset.entry))) continue;
    const content = asset.copy
      ? readFileSync(join(here, "node_modules", asset.copy))
      : await bundle(asset.entry, { format: "iife", globalName: asset.global });
    const described = asset.packages.map(description);
    files.set(asset.file, content);
    files.set(asset.licenceFile, licences(asset.packages));
    table[asset.name] = {
      file: asset.file,
      sha256: createHash("sha256").update(content).digest("hex"),
      version: described.map((one) => `${one.name} ${one.version}`).join(", "),
      licence: described.map((one) => one.license).join(", "),
      global: asset.global,
    };
  }
  files.set("assets.json", Buffer.from(`${JSON.stringify(table, null, 2)}\n`));
  return files;
}

const files = await everything();
const stale = [...files].filter(([name, content]) => {
  const path = join(out, name);
  return !existsSync(path) || !readFileSync(path).equals(content);
});
if (process.argv.includes("--check")) {
  for (const [name] of stale) console.error(`${name} is not up to date: run npm run build`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  mkdirSync(out, { recursive: true });
  for (const [name, content] of stale) writeFileSync(join(out, name), content);
  for (const [name, content] of files) console.log(`${name}  ${content.length} bytes`);
}
