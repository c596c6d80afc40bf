import { createServer, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";

export type StatusOptions = {
  port: number;
  host: string;
  /** Can it do its work right now? */
  isReady: () => Promise<boolean>;
  metrics: Registry;
};

const answer = (response: ServerResponse, status: number, body: string, type = "application/json"): void => {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
};

/** `/livez`, `/readyz` and `/metrics` of a process without a public port. Resolves once it listens. */
export async function startStatusServer(options: StatusOptions): Promise<Server> {
  const server = createServer((request, response) => {
    void route(request.url ?? "/", response, options).catch(() => answer(response, 500, '{"status":"failed"}'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return server;
}

async function route(url: string, response: ServerResponse, { isReady, metrics }: StatusOptions): Promise<void> {
  switch (url.split("?")[0]) {
    case "/livez":
      return answer(response, 200, '{"status":"alive"}');
    case "/readyz": {
      const ready = await isReady();
      return answer(response, ready ? 200 : 503, `{"status":"${ready ? "ready" : "not_ready"}"}`);
    }
    case "/metrics":
      return answer(response, 200, await metrics.metrics(), metrics.contentType);
    default:
      return answer(response, 404, '{"status":"not_found"}');
  }
}
