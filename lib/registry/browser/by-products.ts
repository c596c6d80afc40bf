/** Files in which trainers (transformers, accelerate, DeepSpeed, FSDP) keep their own state, beside an adapter. */
const FILES = new RegExp(
  `^(?:${[
    String.raw`training_args\.bin`,
    String.raw`(?:optimizer|scheduler|scaler)(?:_\d+)?\.(?:pt|bin)`,
    String.raw`rng_state(?:_\d+)?\.pth`,
    String.raw`random_states_\d+\.pkl`,
    String.raw`trainer_state\.json`,
    String.raw`zero_to_fp32\.py`,
  ].join("|")})$`,
);
/** Folders in which they keep whole checkpoints, sharded state and logs. */
const FOLDERS = /^(?:checkpoint-[^/]+|global_step\d+|optimizer_\d+|pytorch_model_fsdp_\d+|runs|logs|wandb)\//;

/**
 * Whether a trainer left this beside an adapter. Such files are named in the report, never opened and never stored, also
 * where a file of this kind would be refused elsewhere.
 * @param path relative to the adapter's folder, already known to hold no way out of it
 */
export const isByProduct = (path: string): boolean => FILES.test(path) || FOLDERS.test(path);

/** Left-out files as people read them: each folder once, with a slash at its end. */
export const leftOutNames = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => (path.includes("/") ? path.slice(0, path.indexOf("/") + 1) : path))),
];
