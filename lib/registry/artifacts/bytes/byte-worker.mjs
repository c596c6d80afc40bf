/**
 * Runs in a thread: reads files of the store and hashes them, or looks at every weight. Plain JavaScript, since neither
 * Next's bundle nor esbuild's would bring a module of ours into a thread; `byte-jobs.ts` has the types.
 */
import { createHash } from "node:crypto";
import { constants, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

/** Large enough that hashing, not the calls, sets the pace. Two of them, kept for the thread's life. */
const BLOCK_BYTES = 2 * 1024 ** 2;
/** How soon a slow job notices that nobody waits for it. */
const LONGEST_SLEEP_MS = 100;
const blocks = [new Uint8Array(BLOCK_BYTES), new Uint8Array(BLOCK_BYTES)];

/** One job at a time; its caller may go away. */
let current = { id: 0, isCancelled: false };

parentPort.on("message", (message) => {
  if (message.job !== undefined) void answer(message);
  else if (message.cancel === current.id) current.isCancelled = true;
});

async function answer({ id, job }) {
  current = { id, isCancelled: false };
  try {
    parentPort.postMessage({ id, result: await run(job) });
  } catch (error) {
    const code = typeof error.code === "string" ? error.code : null;
    parentPort.postMessage({ id, error: { message: error.message, code } });
  }
}

async function run(job) {
  // a link in the last step of the path leads who knows where, and a pipe would wait for ever
  const handle = await open(job.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error("it is no plain file");
    switch (job.kind) {
      case "hash":
        return await hash(handle, job);
      case "scan":
        return await scan(handle, job.tensors);
      default:
        throw new Error(`there is no job ${job.kind}`);
    }
  } finally {
    await handle.close();
  }
}

async function hash(handle, { bytesPerSecond }) {
  const { size } = await handle.stat();
  const digest = createHash("sha256");
  const pace = pacer(bytesPerSecond);
  await readAll(handle, slices(size), (bytes) => {
    digest.update(bytes);
    return pace(bytes.byteLength);
  });
  return { sizeBytes: size, sha256: digest.digest("hex") };
}

/** Waits, between blocks, as long as reading this much should have taken at least; a caller that goes ends that. */
function pacer(bytesPerSecond) {
  if (!bytesPerSecond) return () => undefined;
  const startedAt = performance.now();
  let done = 0;
  return async (byteLength) => {
    done += byteLength;
    const until = startedAt + (done / bytesPerSecond) * 1000;
    for (let restMs = until - performance.now(); restMs > 1 && !current.isCancelled; restMs = until - performance.now())
      await sleep(Math.min(restMs, LONGEST_SLEEP_MS));
  };
}

function* slices(size) {
  for (let begin = 0; begin < size; begin += BLOCK_BYTES) yield { begin, end: Math.min(size, begin + BLOCK_BYTES) };
}

/** Reads one range after the other, the next already on its way while the last is worked on. */
async function readAll(handle, ranges, onBytes) {
  const rest = ranges[Symbol.iterator]();
  let turn = 0;
  const readNext = () => {
    const { value: range, done } = rest.next();
    if (done) return null;
    turn = 1 - turn;
    const into = blocks[turn].subarray(0, range.end - range.begin);
    const reading = readFully(handle, into, range.begin);
    reading.catch(() => {}); // awaited in the next turn; this only keeps it from counting as unhandled meanwhile
    return { range, reading };
  };
  for (let now = readNext(); now !== null; ) {
    const bytes = await now.reading;
    const next = readNext();
    try {
      if (current.isCancelled) throw new Error("cancelled");
      await onBytes(bytes, now.range);
    } catch (error) {
      await next?.reading.catch(() => {}); // nothing may write into a block that the next job has
      throw error;
    }
    now = next;
  }
}

/**
 * Reading ahead needs a second core. Once every core has a thread of ours at work, reads are plain calls: read-ahead
 * would only take time from a neighbour.
 */
const isCrowded = () => Atomics.load(workerData.busy, 0) >= workerData.cores;

async function readFully(handle, into, at) {
  for (let filled = 0; filled < into.byteLength; ) {
    const rest = into.byteLength - filled;
    const bytesRead = isCrowded()
      ? readSync(handle.fd, into, filled, rest, at + filled)
      : (await handle.read(into, filled, rest, at + filled)).bytesRead;
    if (bytesRead === 0) throw new Error(`the file ends at byte ${at + filled}`);
    filled += bytesRead;
  }
  return into;
}

/** Sum of the squares of each tensor's values: infinite or NaN when one of them is, zero when all of them are. */
async function scan(handle, tensors) {
  const sums = tensors.map(() => 0);
  await readAll(handle, packedRanges(tensors), (bytes, { begin, parts }) => {
    for (const part of parts) {
      const piece = bytes.subarray(part.begin - begin, part.end - begin);
      sums[part.tensor] += sumOfSquares(piece, tensors[part.tensor].dtype);
    }
  });
  return sums;
}

/** Neighbours share a read; a tensor larger than a block is cut. Elements stay whole, since a block is a multiple of them. */
function* packedRanges(tensors) {
  let range = null;
  for (const [tensor, { begin, end }] of tensors.entries())
    for (let at = begin; at < end; ) {
      const stop = Math.min(end, at + BLOCK_BYTES);
      const fits = range !== null && at >= range.end && stop - range.begin <= BLOCK_BYTES;
      if (range !== null && !fits) yield range;
      if (!fits) range = { begin: at, end: at, parts: [] };
      range.parts.push({ tensor, begin: at, end: stop });
      range.end = stop;
      at = stop;
    }
  if (range !== null) yield range;
}

/** @param bytes whole little-endian elements, not always aligned: a header may have any length */
function sumOfSquares(bytes, dtype) {
  const elementBytes = dtype === "F32" ? 4 : 2;
  const aligned = bytes.byteOffset % elementBytes === 0 ? bytes : bytes.slice();
  const count = Math.floor(aligned.byteLength / elementBytes);
  if (dtype === "F32") return sumFloats(new Float32Array(aligned.buffer, aligned.byteOffset, count));
  return sumWords(new Uint16Array(aligned.buffer, aligned.byteOffset, count), squaresOf(dtype));
}

/** Four sums at once: one would wait for itself after every addition. */
function sumFloats(values) {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * values[i];
    b += values[i + 1] * values[i + 1];
    c += values[i + 2] * values[i + 2];
    d += values[i + 3] * values[i + 3];
  }
  for (let i = whole; i < values.length; i += 1) a += values[i] * values[i];
  return a + b + c + d;
}

function sumWords(words, squares) {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = words.length - (words.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += squares[words[i]];
    b += squares[words[i + 1]];
    c += squares[words[i + 2]];
    d += squares[words[i + 3]];
  }
  for (let i = whole; i < words.length; i += 1) a += squares[words[i]];
  return a + b + c + d;
}

const tables = new Map();

/** The square of every value that 16 bits can hold. */
function squaresOf(dtype) {
  let table = tables.get(dtype);
  if (table === undefined) {
    table = Float64Array.from(
      { length: 65_536 },
      (_, bits) => (dtype === "BF16" ? fromBf16(bits) : fromF16(bits)) ** 2,
    );
    tables.set(dtype, table);
  }
  return table;
}

const scratch = new DataView(new ArrayBuffer(4));

function fromBf16(bits) {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

function fromF16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
