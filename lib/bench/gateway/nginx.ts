import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { type Program, startProgram } from "#lib/testbed/program.ts";
import { CHAT_REPLY } from "./bodies.ts";

const KEEP_ALIVE_REQUESTS = 1_000_000_000;

/** A node that answers each request at once with the same reply, and well to health checks. */
export const staticNode = (port: number): string => `
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type application/json;
    location = /health { return 200; }
    location / { return 200 '${CHAT_REPLY}'; }
  }`;

/** Passes requests on over kept connections; `isStreaming` turns its buffering of replies off. */
export const reverseProxy = (port: number, upstreamPort: number, isStreaming: boolean): string => `
  upstream to_${upstreamPort} {
    server 127.0.0.1:${upstreamPort};
    keepalive 1024;
    keepalive_requests ${KEEP_ALIVE_REQUESTS};
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://to_${upstreamPort};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      ${isStreaming ? "proxy_buffering off;" : ""}
    }
  }`;

const config = (folder: string, servers: readonly string[]): string => `
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/errors;
events { worker_connections 4096; }
http {
  access_log off;
  client_max_body_size 20m;
  client_body_buffer_size 1m;
  keepalive_requests ${KEEP_ALIVE_REQUESTS};
  keepalive_timeout 600s;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n  ")}
  ${servers.join("\n")}
}
`;

/**
 * One nginx with one worker process.
 * @param port one of its servers', to see when it is up
 */
export async function startNginx(options: {
  binary: string;
  folder: string;
  servers: readonly string[];
  port: number;
  core: number | null;
}): Promise<Program> {
  const { binary, folder, servers, port, core } = options;
  await mkdir(folder, { recursive: true });
  const file = join(folder, "nginx.conf");
  await writeFile(file, config(folder, servers));
  return startProgram({
    file: binary,
    args: ["-p", folder, "-e", join(folder, "errors"), "-c", file],
    core,
    isReady: () => isListening(port),
  });
}

/** Whether somebody takes connections there. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
