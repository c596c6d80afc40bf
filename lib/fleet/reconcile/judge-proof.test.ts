import { expect, it } from "vitest";
import type { LoadOutcome } from "#lib/vllm/node-client.ts";
import { judgeProof } from "./judge-proof.ts";

const DIGEST = `0123456789ab${"0".repeat(52)}`;
/** The same start, which is all that the directory's name holds. */
const ALIKE = `0123456789ab${"1".repeat(52)}`;
const LOST: LoadOutcome = { kind: "unknown", message: "timeout" };
const said = (verifiedDigest?: string): LoadOutcome =>
  verifiedDigest === undefined ? { kind: "accepted" } : { kind: "accepted", verifiedDigest };
const judge = (delivery: "shared" | "fetch", outcome: LoadOutcome, isUntouched = true) =>
  judgeProof({ pool: { delivery, adapterDirectory: "/data/adapters" }, digest: DIGEST, outcome, isUntouched });

it("counts a load in a fetch pool only with the plugin's proof of the very digest", () => {
  expect(judge("fetch", said(DIGEST))).toMatchObject({ kind: "proven", verifiedDigest: DIGEST });
  const without = judge("fetch", said());
  expect(without).toMatchObject({ kind: "unproven", code: "digest_unproven", retry: "permanent" });
  expect(without.message).toContain("SWITCHYARD_ADAPTER_DIR=/data/adapters");
  expect(judge("fetch", said(ALIKE))).toMatchObject({ kind: "unproven", code: "fetched_digest_mismatch" });
  expect(judge("fetch", LOST)).toMatchObject({ kind: "unproven", code: "digest_unproven", retry: "transient" });
});

it("goes by Switchyard's own reading of a shared store, if nobody touched it since", () => {
  expect(judge("shared", said())).toMatchObject({ kind: "proven", verifiedDigest: null });
  expect(judge("shared", LOST)).toMatchObject({ kind: "proven" });
  expect(judge("shared", said(), false)).toMatchObject({ kind: "unproven", code: "files_touched", retry: "transient" });
});

it("takes a plugin's word in a shared store as well: for its bytes, and against them", () => {
  expect(judge("shared", said(DIGEST), false)).toMatchObject({ kind: "proven", verifiedDigest: DIGEST });
  expect(judge("shared", said(ALIKE))).toMatchObject({ kind: "unproven", code: "fetched_digest_mismatch" });
});
