/** When keys were used, handed over once a minute for each key. */
export type KeyUses = {
  note(keyId: string, at: Date): void;
  /** The keys whose time should be stored now. */
  due(): readonly { keyId: string; at: Date }[];
  confirm(stored: readonly { keyId: string; at: Date }[]): void;
};

const PRECISION_MS = 60_000;

/** Bounded by the number of keys. */
export function createKeyUses(): KeyUses {
  const used = new Map<string, { at: Date; storedAt: number }>();
  return {
    note(keyId, at) {
      const known = used.get(keyId);
      if (!known) used.set(keyId, { at, storedAt: Number.NEGATIVE_INFINITY });
      else if (at > known.at) known.at = at;
    },
    due: () =>
      [...used]
        .filter(([, { at, storedAt }]) => at.getTime() - storedAt >= PRECISION_MS)
        .map(([keyId, { at }]) => ({ keyId, at })),
    confirm(stored) {
      for (const { keyId, at } of stored) {
        const known = used.get(keyId);
        if (known) known.storedAt = at.getTime();
      }
    },
  };
}
