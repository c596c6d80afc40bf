import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { type Program, startProgram } from "#lib/testbed/program.ts";

const KEPT = "keepalive_requests 1000000000;";

/** What a node answers, about 0.4 kB, with the usage that is accounted. */
const content = "Your order 4711 left our store this morning and arrives on Friday.";
const CHAT_REPLY = JSON.stringify({
  ...{ id: "chatcmpl-4f1d7c2b9a604c0f8a6f", object: "chat.completion", created: 1_764_000_000, model: "bench" },
  choices: [
    { index: 0, message: { role: "assistant", content, tool_calls: [] }, logprobs: null, finish_reason: "stop" },
  ],
  usage: { prompt_tokens: 412, total_tokens: 431, completion_tokens: 19 },
});

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
    ${KEPT}
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
  ${KEPT}
  keepalive_timeout 600s;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n  ")}
  ${servers.join("\n")}
}
`;

/** One nginx with one worker process. @param port one of its servers', to see when it is up */
export async function startNginx(
  binary: string,
  options: { folder: string; servers: readonly string[]; port: number; core: number | null },
): Promise<Program> {
  const { folder, servers, port, core } = options;
  await mkdir(folder, { recursive: true });
  const file = join(folder, "nginx.conf");
  await writeFile(file, config(folder, servers));
  const args = ["-p", folder, "-e", join(folder, "errors"), "-c", file];
  return startProgram({ file: binary, args, core, isReady: () => isListening(port) });
}

/** Whether somebody takes connections there. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.once("connect", () => socket.destroy()).once("error", () => resolve(false));
  });
