/* What checks a recipe while it is written; loaded with the first editor of one. */
export { checking } from "./checking";
export { mending } from "./said";
export { summary } from "./summary";
