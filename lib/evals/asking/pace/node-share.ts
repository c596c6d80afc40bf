/** A node that no customer has used for this long has nobody to protect. */
export const QUIET_MS = 10 * 60_000;
/**
 * How long a node rests from evaluations after each request of them, as a multiple of the time that the request took: nine
 * times while customers' requests run there, so that they run for a tenth of the time at most; once between customers'
 * requests, so that a customer who comes mostly finds the node free. The gateway keeps to it (ADR 34).
 */
export const REST = { besideCustomers: 9, betweenCustomers: 1 };

/**
 * When answers are there at the latest, in milliseconds from now: customers keep every node busy all the time, and none of
 * them waits in the pool's queue. While they wait nothing is asked.
 * @param serviceMs mean time of one answer on its node
 */
export const latestEndMs = ({ answers, serviceMs, nodes }: { answers: number; serviceMs: number; nodes: number }) =>
  (answers * serviceMs * (1 + REST.besideCustomers)) / Math.max(1, nodes);
