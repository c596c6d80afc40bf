import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { createNodeKey } from "#lib/identity/node-key.ts";
import { route } from "#lib/identity/route.ts";
import { CreatedApiKey } from "#lib/identity/schema.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getNode } from "../node-store.ts";
import { ArtifactManifestSchema } from "../schema.ts";
import { readArtifact, readArtifactFile } from "./read-artifact.ts";

const ArtifactParams = z.object({ digest: z.string().max(100) });

/** Delivery `fetch`: nodes pull what is placed on them, by digest. */
export const artifactRoutes = [
  route(
    "POST /nodes/{nodeId}/key",
    {
      summary: "Create the key that a node fetches adapters with",
      description: "The key is shown once. The node's earlier key stops working immediately.",
      action: "fleet.write",
      params: z.object({ nodeId: idOf("node") }),
      ok: CreatedApiKey,
      status: 201,
      secretReply: true,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      const node = await getNode(ctx.tx, params.nodeId);
      if (!node) throw notFound("node");
      return createNodeKey(ctx, { nodeId: node.id, nodeName: node.name });
    },
  ),
  route(
    "GET /artifacts/{digest}",
    {
      summary: "List the files of a version that is placed on the calling node",
      description: "For a node's own key. `digest` is the version's digest, or at least its first 12 digits.",
      action: "artifact.fetch",
      params: ArtifactParams,
      ok: ArtifactManifestSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readArtifact(ctx, params.digest),
  ),
  route(
    "GET /artifacts/{digest}/files/{path}",
    {
      summary: "Download one file of a version that is placed on the calling node",
      description: "Returns bytes and supports ranges. The ETag is the file's SHA-256.",
      action: "artifact.fetch",
      params: ArtifactParams.extend({ path: z.string().max(300) }),
      ok: null,
      download: true,
      errors: ["not_found", "range_not_satisfiable", "unavailable"],
    },
    ({ ctx, params }) => readArtifactFile(ctx, params.digest, params.path),
  ),
] as const;
