/** Memory that replies which are read at the same time have in common. */
export type SharedBytes = {
  /** Each reply has so much of its own, so that one of usual size never lacks any; what is beyond it is taken from all. */
  readonly ownBytes: number;
  /** @returns false when there is not so much left, and then nothing is taken */
  take(bytes: number): boolean;
  give(bytes: number): void;
};

/** @param commonBytes for what replies are larger than `ownBytes`, all together */
export function shareBytes(ownBytes: number, commonBytes: number): SharedBytes {
  let left = commonBytes;
  return {
    ownBytes,
    take(bytes) {
      if (bytes > left) return false;
      left -= bytes;
      return true;
    },
    give(bytes) {
      left += bytes;
    },
  };
}
