import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import * as z from "zod";
import { errorText } from "#lib/platform/errors.ts";
import { type Fault, FaultSchema, type Restart, RestartSchema } from "../faults/fault.ts";
import { HttpError, readJson, sendJson, sendRaw } from "./reply.ts";

/** What the control API may do to a node; the same calls that a test makes in its own process. */
export type NodeControl = {
  inject(fault: Fault): string;
  clearFaults(): void;
  state(): unknown;
  /** The limits a restart would give. @throws RangeError when they contradict each other */
  limitsAfter(restart: Restart): unknown;
  /** Resolves when the node answers again. @throws RangeError as `limitsAfter` */
  restart(restart: Restart): Promise<void>;
};

export const CONTROL_PREFIX = "/_sim/";

/** `/_sim/…`: never on a real vLLM, and on a simulated node only when it was started with `control`. Needs no key. */
export function controlRoutes(control: NodeControl): RequestListener {
  return (request, response) => {
    const run = async () => {
      const { pathname } = new URL(request.url ?? "/", "http://node");
      switch (`${request.method} ${pathname}`) {
        case "POST /_sim/faults":
          return sendJson(response, 201, { id: control.inject(await bodyOf(request, FaultSchema)) });
        case "DELETE /_sim/faults":
          control.clearFaults();
          return sendRaw(response, 204, "");
        case "GET /_sim/state":
          return sendJson(response, 200, control.state());
        case "POST /_sim/restart":
          return restart(control, await bodyOf(request, RestartSchema), response);
        default:
          request.resume();
          return sendJson(response, 404, { detail: "Not Found" });
      }
    };
    run().catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      const status = error instanceof HttpError ? error.status : error instanceof RangeError ? 400 : 500;
      sendJson(response, status, { detail: errorText(error) });
    });
  };
}

/** The answer goes out before the node does. A contradiction is an answer, not a node that never comes back. */
function restart(control: NodeControl, change: Restart, response: ServerResponse): void {
  const limits = control.limitsAfter(change);
  response.once("close", () => void control.restart(change));
  sendJson(response, 202, { limits });
}

async function bodyOf<T extends z.ZodType>(request: IncomingMessage, schema: T): Promise<z.output<T>> {
  const parsed = schema.safeParse(await readJson(request));
  if (parsed.success) return parsed.data;
  throw new HttpError(400, "BadRequestError", z.prettifyError(parsed.error));
}
