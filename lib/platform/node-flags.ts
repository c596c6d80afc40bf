/**
 * What Node is told for a worker. Collecting on one thread: nobody waits for a worker, and V8's helper threads, of which it
 * starts four however many cores there are, took a third of a scrape's CPU from those who answer requests.
 */
export const WORKER_NODE_FLAGS = ["--single-threaded-gc"] as const;
