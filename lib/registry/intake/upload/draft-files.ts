import { rename, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { DataStore, Upload } from "@tus/server";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError, conflict } from "#lib/platform/errors.ts";
import { isAbsent } from "#lib/platform/system-code.ts";
import { hashFile } from "../../artifacts/bytes/byte-jobs.ts";
import type { VersionFile } from "../../schema.ts";
import { DRAFT_IDLE_MS } from "../../versions/draft-expiry.ts";
import { noteReceived } from "../draft-store.ts";
import { digestDiffers, recordVersionFile } from "../receive-file.ts";
import { appendBytes } from "./append-bytes.ts";
import {
  claimFile,
  type FilePlace,
  isClaimOver,
  readOnDisk,
  releaseClaim,
  restingPath,
  stillOwns,
  wholePath,
} from "./partial-file.ts";
import type { RunningHashes } from "./running-hashes.ts";

/** Transactions of one request, as its route gives them. */
export type CatalogAccess = {
  write: <T>(change: (ctx: Ctx) => Promise<T>) => Promise<T>;
  writeUnaudited: <T>(reason: string, change: (ctx: Ctx) => Promise<T>) => Promise<T>;
};

export type DraftFile = {
  versionId: string;
  place: FilePlace;
  file: VersionFile;
  /** When something last happened to the draft. */
  touchedAt: string;
  /** The offset that a chunk says it starts at; null for a question. */
  chunkAt: number | null;
  maxChunkBytes: number;
  now: () => Date;
};

/**
 * One file of a draft as the tus server sees it: its size comes from the manifest, its offset from the disk. Creating is
 * not among its arts, since the manifest did that.
 */
export class DraftFiles extends DataStore {
  override extensions = ["expiration"];
  readonly #load: () => Promise<DraftFile>;
  readonly #catalog: CatalogAccess;
  readonly #hashes: RunningHashes;
  #loaded: DraftFile | null = null;

  /**
   * @param load asked once the file is this request's alone, so that requests are answered in the order they came: a
   * question right behind a connection that was cut hears of everything that had arrived
   */
  constructor(load: () => Promise<DraftFile>, catalog: CatalogAccess, hashes: RunningHashes) {
    super();
    this.#load = load;
    this.#catalog = catalog;
    this.#hashes = hashes;
  }

  get #draft(): DraftFile {
    if (this.#loaded === null) throw new Error("an upload is written to before it was read");
    return this.#loaded;
  }

  override getExpiration(): number {
    return DRAFT_IDLE_MS;
  }

  /** Where the file stands. One that is whole on disk and not in the catalog, as a crash leaves it, is recorded now. */
  override async getUpload(id: string): Promise<Upload> {
    this.#loaded = await this.#load();
    const { file, touchedAt, chunkAt } = this.#loaded;
    const offset = await this.#offset();
    if (chunkAt !== null && chunkAt !== offset) throw offsetDiffers(file.path, offset, chunkAt);
    return new Upload({ id, size: file.sizeBytes, offset, creation_date: touchedAt });
  }

  async #offset(): Promise<number> {
    const { place, file } = this.#draft;
    const found = await readOnDisk(place, this.#draft.now());
    if (found.state === "claimed" && !isClaimOver(found)) throw beingReceived(file.path);
    if (found.bytes > file.sizeBytes) {
      await rm(found.state === "claimed" ? found.path : pathIn(found.state, place), { force: true });
      return 0;
    }
    const isRecorded = found.state === "whole" && file.sha256 !== null;
    if (found.bytes === file.sizeBytes && !isRecorded) await this.#finish(await this.#digestOnDisk());
    return found.bytes;
  }

  /** A chunk: appended where the file ends. What arrived is kept and noted, whatever became of the rest. */
  override async write(source: Readable, _id: string, offset: number): Promise<number> {
    const { place, file, maxChunkBytes, now } = this.#draft;
    const claim = await claimFile(place, now());
    const key = restingPath(place);
    const { hash, bytes } = await this.#hashes.take(key, claim.handle);
    const { bytes: after, error } =
      bytes === offset
        ? await appendBytes(claim.handle, source, {
            at: offset,
            maxBytes: Math.min(maxChunkBytes, file.sizeBytes - offset),
            hash,
            owns: () => stillOwns(claim),
            now,
          })
        : { bytes, error: offsetDiffers(file.path, bytes, offset) };
    const mtimeMs = await releaseClaim(claim, place);
    if (after < file.sizeBytes) this.#hashes.keep(key, { hash, bytes: after, mtimeMs });
    await this.#note(after);
    if (after === file.sizeBytes) await this.#finish(hash.digest("hex"));
    else if (error !== null) throw error;
    return after;
  }

  async #digestOnDisk(): Promise<string> {
    const { place } = this.#draft;
    const found = await readOnDisk(place, this.#draft.now());
    const path = found.state === "claimed" ? found.path : pathIn(found.state, place);
    if (found.state === "claimed") await rename(path, restingPath(place));
    return (await hashFile(found.state === "claimed" ? restingPath(place) : path)).sha256;
  }

  /** The file is whole: it appears under its name, and the catalog learns its digest. */
  async #finish(sha256: string): Promise<void> {
    const { versionId, place, file } = this.#draft;
    if (file.expectedSha256 !== null && file.expectedSha256 !== sha256) {
      await rm(restingPath(place), { force: true });
      await this.#note(0);
      throw digestDiffers(file.path, file.expectedSha256, sha256);
    }
    await rename(restingPath(place), wholePath(place)).catch((error: unknown) => {
      if (!isAbsent(error)) throw error; // it stands under its name already
    });
    await this.#catalog.write((ctx) => recordVersionFile(ctx, { versionId, path: file.path, sha256 }));
  }

  #note(receivedBytes: number): Promise<void> {
    const { versionId, file } = this.#draft;
    return this.#catalog.writeUnaudited("a chunk is not a decision; the whole file leaves the row", (ctx) =>
      noteReceived(ctx.tx, { versionId, path: file.path, receivedBytes, at: ctx.clock.now() }),
    );
  }
}

const pathIn = (state: "absent" | "resting" | "whole", place: FilePlace): string =>
  state === "whole" ? wholePath(place) : restingPath(place);

/** The caller reads `Upload-Offset` of the refusal, or asks with HEAD, and goes on from there. */
export class OffsetConflict extends AppError {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super("conflict", message, { reason: "offset_differs", fix: "Continue from the offset that HEAD returns." });
  }
}

const offsetDiffers = (path: string, stands: number, sent: number): AppError =>
  new OffsetConflict(`${path} is at byte ${stands}; the chunk starts at byte ${sent}.`, stands);

const beingReceived = (path: string): AppError =>
  conflict("upload_locked", `${path} is being received by another process right now.`, "Try again in a few seconds.");
