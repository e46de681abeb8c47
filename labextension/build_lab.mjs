/*
 * Builds the JupyterLab extension into dist/ftkernel/, the folder that JupyterLab loads:
 *
 *   src/lab/index.ts  ->  lib/, ES modules in which every package is still an import
 *   style/index.css  ->  lib/style.css, all styles in one file without its remarks
 *   lib/, style/, schema/  ->  dist/ftkernel/, by JupyterLab's own builder
 *
 * Large scripts are imported where they are needed, and so become files that a page loads when it needs them.
 */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

rmSync(join(here, "lib"), { recursive: true, force: true });
rmSync(join(here, "dist"), { recursive: true, force: true });
mkdirSync(join(here, "dist"));

await build({
  entryPoints: { index: "src/lab/index.ts" },
  outdir: "lib",
  bundle: true,
  splitting: true,
  format: "esm",
  packages: "external",
  charset: "utf8",
  target: ["es2022"],
  legalComments: "none",
  logLevel: "error",
  absWorkingDir: here,
});
await build({
  entryPoints: { style: "style/index.css" },
  outdir: "lib",
  bundle: true,
  minify: true,
  charset: "utf8",
  logLevel: "error",
  absWorkingDir: here,
});
execFileSync(
  process.execPath,
  [
    require.resolve("@jupyter/builder/lib/build-labextension.js"),
    "--core-package-file",
    require.resolve("@jupyterlab/core-meta/core.package.json"),
    here,
  ],
  {
    cwd: here,
    stdio: ["ignore", process.argv.includes("--quiet") ? "ignore" : "inherit", "inherit"],
  },
);
