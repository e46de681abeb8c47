/* The routes of the server, typed; `docs/lab.md` says what each does. */
import type { Server } from "./request";
import type {
  ChatBody,
  CommandBody,
  CommandSent,
  Completed,
  CompleteBody,
  DoctorBody,
  FramePage,
  KeysBody,
  LabelsBody,
  LabelsNow,
  LogBody,
  Resumed,
  ResumeBody,
  RunDetails,
  RunList,
  SaidBody,
  ValidateBody,
  Validated,
} from "./types";

const run = (id: string) => `runs/${encodeURIComponent(id)}`;

/** All runs, or what changed after a version; held up to `wait` seconds where nothing did. */
export function listRuns(server: Server, since: string, wait: number, signal?: AbortSignal) {
  const query = { since: since || undefined, wait: wait || undefined };
  return server.ask<RunList>("runs", { query, signal });
}

export function runDetails(server: Server, id: string, signal?: AbortSignal) {
  return server.ask<RunDetails>(run(id), { signal });
}

/** How far a page knows a run. */
export interface Known {
  readonly after: number;
  readonly seen: number;
  readonly state: string;
}

/** What is new of a run as a view draws it; held up to `wait` seconds where nothing is. */
export function runFrame(
  server: Server,
  id: string,
  { after, seen, state }: Known,
  { wait = 25, points = 1_000, signal }: { wait?: number; points?: number; signal?: AbortSignal },
) {
  const query = { reduced: 1, after, seen, state: state || undefined, wait, points };
  return server.ask<FramePage>(`${run(id)}/events`, { query, signal });
}

/** @param tail lines at most */
export function runLog(server: Server, id: string, tail = 200, signal?: AbortSignal) {
  return server.ask<LogBody>(`${run(id)}/log`, { query: { tail }, signal });
}

/** All notes and samples in full. */
export function runSaid(server: Server, id: string, signal?: AbortSignal) {
  return server.ask<SaidBody>(`${run(id)}/said`, { signal });
}

export function runChat(server: Server, id: string, name?: string, signal?: AbortSignal) {
  return server.ask<ChatBody>(`${run(id)}/chat`, { query: { name }, signal });
}

export function commandRun(server: Server, id: string, body: CommandBody) {
  return server.ask<CommandSent>(`${run(id)}/commands`, { method: "POST", body });
}

/** @throws LabFault `lab.asks_first` where the run carries code; the same with `confirm` goes on */
export function resumeRun(server: Server, id: string, body: ResumeBody = {}) {
  return server.ask<Resumed>(`${run(id)}/resume`, { method: "POST", body });
}

export function labelRun(server: Server, id: string, body: LabelsBody) {
  return server.ask<LabelsNow>(run(id), { method: "PATCH", body });
}

export function deleteRun(server: Server, id: string) {
  return server.ask<undefined>(run(id), { method: "DELETE" });
}

export function recipeKeys(server: Server) {
  return server.ask<KeysBody>("keys");
}

export function validateRecipe(server: Server, body: ValidateBody, signal?: AbortSignal) {
  return server.ask<Validated>("validate", { method: "POST", body, signal });
}

export function completeCell(server: Server, body: CompleteBody, signal?: AbortSignal) {
  return server.ask<Completed>("complete", { method: "POST", body, signal });
}

export function doctor(server: Server, kernel?: string) {
  return server.ask<DoctorBody>("doctor", { query: { kernel } });
}

/** Let kernels know the language of this page before one of its widgets speaks to them. */
export function tellLanguage(server: Server): Promise<void> {
  return server.ask<undefined>("language", { method: "POST" });
}
