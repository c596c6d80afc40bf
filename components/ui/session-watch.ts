/** Whether the reader is still signed in, as the answers of the API show. */
export type SessionWatch = {
  isExpired: () => boolean;
  subscribe: (listener: () => void) => () => void;
  /** A call was answered: the session works. */
  answered: () => void;
  /** A call failed; only a refusal for want of a sign-in ends the session. */
  failed: (error: unknown) => void;
};

const SIGNED_OUT = 401;

/** True for a problem that a new sign-in would solve. */
export const needsSignIn = (problem: { status?: unknown } | null): boolean => problem?.status === SIGNED_OUT;

const problemIn = (error: unknown): { status?: unknown } | null =>
  typeof error === "object" && error !== null && "problem" in error && typeof error.problem === "object"
    ? error.problem
    : null;

export function createSessionWatch(): SessionWatch {
  const listeners = new Set<() => void>();
  let isExpired = false;
  const become = (next: boolean) => {
    if (next === isExpired) return;
    isExpired = next;
    for (const listener of listeners) listener();
  };
  return {
    isExpired: () => isExpired,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    answered: () => become(false),
    failed: (error) => {
      if (needsSignIn(problemIn(error))) become(true);
    },
  };
}
