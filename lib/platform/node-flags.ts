/**
 * What Node is told for a worker, which works for a moment every few seconds and waits in between. V8 takes the waiting for
 * the end of a job and collects everything three times over to give memory back, before each tick of the scraper anew: half
 * of its CPU. And it starts four helper threads however many cores there are; nobody waits for a worker, so it collects on
 * its own.
 */
export const WORKER_NODE_FLAGS = ["--no-memory-reducer", "--single-threaded-gc"] as const;
