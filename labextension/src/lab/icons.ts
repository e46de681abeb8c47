import { LabIcon } from "@jupyterlab/ui-components";

/** A curve that falls: the sign of a run. */
export const runsIcon = new LabIcon({
  name: "ftkernel:runs",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3" style="fill: none" stroke="#616161" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
    <path d="M4 4v16h16"/><path d="M7.5 6c1.5 7 4.5 9.5 12 9.500"/>
  </g>
</svg>`,
});
