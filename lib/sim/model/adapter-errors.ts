/** A refused adapter, in the words vLLM's worker would use. */
export class InvalidAdapter extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "InvalidAdapter";
  }
}

/** Nothing loadable at the path (`LoRAAdapterNotFoundError`). */
export class AdapterNotFound extends Error {
  constructor(name: string, path: string) {
    super(`Loading lora ${name} failed: No adapter found for ${path}`);
    this.name = "AdapterNotFound";
  }
}
