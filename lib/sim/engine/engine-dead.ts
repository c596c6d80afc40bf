/** vLLM's `EngineDeadError`: nothing but a restart of the process helps. */
export class EngineDead extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "EngineDead";
  }
}
