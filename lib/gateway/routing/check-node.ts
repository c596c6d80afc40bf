import type { NodeEntry } from "../snapshot/snapshot.ts";
import type { Upstream } from "../upstream/upstream.ts";

const TIMEOUT_MS = 3_000;

/** Asks a node's /health over the connections that requests use. Whatever is not a 200 in time is "no". */
export const checkNode = (upstream: Upstream, node: NodeEntry): Promise<boolean> =>
  new Promise((resolve) => {
    let status = 0;
    const timer = setTimeout(() => {
      exchange.abort();
      resolve(false);
    }, TIMEOUT_MS);
    const finish = (isWell: boolean) => {
      clearTimeout(timer);
      resolve(isWell);
    };
    const exchange = upstream.send(
      node,
      { method: "GET", path: "/health", headers: ["accept", "*/*"], body: null },
      {
        onHead: (code) => {
          status = code;
        },
        onData: () => {},
        onEnd: () => finish(status === 200),
        onError: () => finish(false),
      },
    );
  });
