import { AwsV4Signer } from "aws4fetch";
import type { Clock } from "#lib/platform/clock.ts";
import { AppError, errorText } from "#lib/platform/errors.ts";
import type { Outbound, OutboundStream } from "#lib/platform/outbound.ts";
import { type ListPage, parseListReply } from "./list-reply.ts";
import { mayPass, type Refusal, sourceProblem } from "./source-problem.ts";

/** A source with its secret opened; never stored, logged or sent. */
export type OpenSource = {
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
};
export type S3World = { outbound: Outbound; clock: Clock };

const LIST_TIMEOUT_MS = 15_000;
const IDLE_MS = 20_000;
/** Tries of one call, with a pause before each but the first. */
const PAUSES_MS = [0, 250, 1_000];

/** Reading calls of S3, in path style, signed here and dialled by the guarded outbound: no redirects, no metadata hosts. */
export type S3 = {
  /** @throws AppError that names `sourceId` or says that the bucket is away */
  list(prefix: string, options?: { token?: string | null; maxKeys?: number }): Promise<ListPage>;
  /** An object's bytes, as they come. @throws as `list`, also while they are read */
  read(key: string): AsyncIterable<Uint8Array>;
};

export function createS3(world: S3World, source: OpenSource, signal?: AbortSignal): S3 {
  const base = `${source.endpoint}/${source.bucket}`;
  const signed = async (url: string): Promise<{ url: string; headers: Record<string, string> }> => {
    const { accessKeyId, secretAccessKey, region } = source;
    const datetime = world.clock
      .now()
      .toISOString()
      .replace(/[:-]|\.\d{3}/g, "");
    const signer = new AwsV4Signer({ url, accessKeyId, secretAccessKey, region, service: "s3", datetime });
    const { url: asSigned, headers } = await signer.sign();
    const { host: _host, ...rest } = Object.fromEntries(headers);
    return { url: asSigned.href, headers: rest };
  };
  const ask = (url: string) => attempt(world, signal, () => listOnce(url));

  async function listOnce(url: string): Promise<ListPage> {
    const { url: asSigned, headers } = await signed(url);
    const options = { headers, timeoutMs: LIST_TIMEOUT_MS, ...(signal ? { signal } : {}) };
    const reply = await world.outbound.request(asSigned, options).catch(rethrowAway);
    if (reply.status !== 200) throw refusalError(source.bucket, reply);
    try {
      return parseListReply(reply.body);
    } catch (error) {
      throw notAList(errorText(error));
    }
  }

  async function open(url: string): Promise<OutboundStream> {
    const { url: asSigned, headers } = await signed(url);
    const options = { headers, idleMs: IDLE_MS, ...(signal ? { signal } : {}) };
    const reply = await world.outbound.download(asSigned, options).catch(rethrowAway);
    if (reply.status === 200) return reply;
    throw refusalError(source.bucket, { ...reply, body: await readSome(reply.body) });
  }

  return {
    list: (prefix, { token = null, maxKeys = 1000 } = {}) => {
      const query = new URLSearchParams({ "list-type": "2", "encoding-type": "url", delimiter: "/" });
      query.set("max-keys", String(maxKeys));
      query.set("prefix", prefix);
      if (token !== null) query.set("continuation-token", token);
      return ask(`${base}?${query}`);
    },
    async *read(key) {
      const url = `${base}/${key.split("/").map(encodeURIComponent).join("/")}`;
      const { body } = await attempt(world, signal, () => open(url));
      try {
        yield* body;
      } catch (error) {
        throw away(error);
      }
    },
  };
}

/** Carries whether another try may help. */
class Passing extends Error {
  constructor(readonly problem: AppError) {
    super(problem.message);
  }
}

const refusalError = (bucket: string, refusal: Refusal): Error => {
  const problem = sourceProblem(bucket, refusal);
  return mayPass(refusal) ? new Passing(problem) : problem;
};

const away = (error: unknown): AppError =>
  new AppError("unavailable", `The bucket gave no whole answer. ${errorText(error)}`, {
    reason: "source_unreachable",
    fix: "Check the endpoint and the network between, then try again; nothing was taken in.",
    cause: error,
  });
const rethrowAway = (error: unknown): never => {
  // an address that is never dialled stays as it is
  throw error instanceof AppError && error.code === "invalid" ? error : new Passing(away(error));
};

const notAList = (why: string): AppError =>
  new AppError("unavailable", `The endpoint does not answer as S3 does: ${why}.`, {
    reason: "source_not_s3",
    fix: "Check the endpoint: it is the store's API, without the bucket, and not its web console.",
  });

async function attempt<T>(world: S3World, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  let last: AppError | null = null;
  for (const pauseMs of PAUSES_MS) {
    if (pauseMs > 0) await world.clock.sleep(pauseMs, signal ?? new AbortController().signal);
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Passing)) throw error;
      last = error.problem;
    }
  }
  throw last ?? away("no answer");
}

const REFUSAL_BYTES = 64_000;

async function readSome(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > REFUSAL_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
