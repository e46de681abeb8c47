/* Packages that are loaded as they are, and come without types. */

declare module "plotly.js-basic-dist-min" {
  const plotly: unknown;
  export default plotly;
}
