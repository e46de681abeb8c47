/* Every key with its help, asked for once, when somebody first wants it. */
import { recipeKeys } from "../api/runs";
import type { Server } from "../api/request";
import type { KeyHelp } from "../api/types";

export class KeyBook {
  #asked: Promise<ReadonlyMap<string, KeyHelp>> | null = null;

  constructor(readonly server: Server) {}

  /** A key by its name or a short name; `null` where there is none, or the server does not answer. */
  async find(name: string): Promise<KeyHelp | null> {
    this.#asked ??= this.#read();
    try {
      return (await this.#asked).get(plain(name)) ?? null;
    } catch {
      this.#asked = null; // the server may be back when somebody asks again
      return null;
    }
  }

  async #read(): Promise<ReadonlyMap<string, KeyHelp>> {
    const { keys } = await recipeKeys(this.server);
    const found = new Map<string, KeyHelp>();
    for (const key of keys) for (const alias of key.aliases) found.set(plain(alias), key);
    for (const key of keys) found.set(plain(key.name), key);
    return found;
  }
}

const plain = (name: string) => name.toLowerCase().replaceAll("-", "_");
