/** What became of the mails to one address about one approval. */
export type AddressState = {
  address: string;
  askedAt: Date | null;
  remindedAt: Date | null;
  /** Refused in a row. */
  tries: number;
  nextTryAt: Date | null;
};

export type MailKind = "asked" | "reminder";

/**
 * Which mail an address still has to get; null = none. A first mail that only goes out when the reminder is due counts as
 * both.
 */
export function owedMail({ askedAt, remindedAt }: AddressState, remindAt: Date | null, now: Date): MailKind | null {
  if (askedAt === null) return "asked";
  const isReminded = remindedAt !== null || remindAt === null || now < remindAt || askedAt >= remindAt;
  return isReminded ? null : "reminder";
}

/** Whether it may be tried now: an address that refused waits longer each time. */
export const mayTry = ({ nextTryAt }: AddressState, now: Date): boolean => nextTryAt === null || nextTryAt <= now;
