import type { ServerResponse } from "node:http";

/** The calls by which handlers send; a reply is tampered with by putting others in their place. */
type Sender = Pick<ServerResponse, "write" | "end" | "flushHeaders">;

const sender = (response: ServerResponse): Sender => ({
  write: response.write.bind(response) as Sender["write"],
  end: response.end.bind(response) as Sender["end"],
  flushHeaders: response.flushHeaders.bind(response),
});

/** Keeps back whatever is sent until the returned function is called; then everything goes out in order. */
export function holdReply(response: ServerResponse): () => void {
  const real = sender(response);
  const held: (() => void)[] = [];
  response.write = ((chunk: string | Uint8Array) => held.push(() => real.write(chunk)) > 0) as Sender["write"];
  response.flushHeaders = () => void held.push(real.flushHeaders);
  response.end = ((chunk?: string | Uint8Array) => {
    held.push(() => void (chunk === undefined ? real.end() : real.end(chunk)));
    return response;
  }) as Sender["end"];
  return () => {
    Object.assign(response, real);
    for (const send of held) send();
  };
}

/**
 * Lets the first half of the reply's first piece through, then ends the connection: by a reset or in good order. A reply
 * without a body gets no byte out.
 */
export function cutReply(response: ServerResponse, how: "reset" | "close"): void {
  const real = sender(response);
  const socket = response.socket;
  const cut = () => void (how === "reset" ? socket?.resetAndDestroy() : socket?.destroySoon());
  let isCut = false;
  const half = (chunk: string | Uint8Array | undefined) => {
    if (isCut) return;
    isCut = true;
    const bytes = Buffer.from(chunk ?? "");
    if (bytes.byteLength < 2) cut();
    else real.write(bytes.subarray(0, bytes.byteLength >> 1), cut);
  };
  response.write = ((chunk: string | Uint8Array) => {
    half(chunk);
    return true;
  }) as Sender["write"];
  response.end = ((chunk?: string | Uint8Array) => {
    half(chunk);
    return response;
  }) as Sender["end"];
}
