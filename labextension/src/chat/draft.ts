/** Whether the kernel has what stands in the fields and buttons of a page, or somebody changed them meanwhile. */
export class Draft {
  #changes = 0;
  #taken = 0;

  change(): void {
    this.#changes++;
  }

  /** To be called when the kernel has taken what stands there now. */
  taking(): () => void {
    const changes = this.#changes;
    return () => (this.#taken = Math.max(this.#taken, changes));
  }

  /** The kernel has all of it: what it says may be shown. */
  get isTaken(): boolean {
    return this.#taken >= this.#changes;
  }
}
