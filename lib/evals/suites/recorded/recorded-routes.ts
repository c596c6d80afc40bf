import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import {
  EndRecording,
  RecordedPage,
  RecordedQuery,
  RecordingStateSchema,
  StartRecording,
  SuiteOfRecorded,
} from "../../browser/recording-schema.ts";
import { SuiteSchema } from "../../browser/suite-schema.ts";
import { allowRecording, endRecording } from "./allow-recording.ts";
import { listRecordedCases, showRecording } from "./show-recording.ts";
import { discardRecorded, suiteOfRecorded } from "./use-recorded.ts";

const params = z.object({ adapterId: idOf("adp") });

export const recordedRoutes = [
  route(
    "GET /adapters/{adapterId}/recording",
    {
      summary: "Read whether requests are recorded for tests, who allowed it, and the counts",
      action: "tenant.read",
      params,
      ok: RecordingStateSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showRecording(ctx, params.adapterId),
  ),
  route(
    "POST /adapters/{adapterId}/recording",
    {
      summary: "Allow some requests to be recorded for tests",
      description:
        "Only an admin of the customer may. Requests are redacted before they are stored and deleted after 30 days. Until then they can be read and deleted.",
      action: "recording.allow",
      params,
      body: StartRecording,
      ok: RecordingStateSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => allowRecording(ctx, { ...body, ...params }),
  ),
  route(
    "POST /adapters/{adapterId}/recording/end",
    {
      summary: "Stop recording, and optionally delete the recorded requests",
      description: "Suites made from them keep their prompts. Repeating the call has no effect.",
      action: "recording.end",
      params,
      body: EndRecording,
      ok: RecordingStateSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => endRecording(ctx, { ...body, ...params }),
  ),
  route(
    "GET /adapters/{adapterId}/recorded",
    {
      summary: "List recorded requests as they are stored, newest first",
      action: "tenant.read",
      params,
      query: RecordedQuery,
      ok: RecordedPage,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => listRecordedCases(ctx, { ...query, ...params }),
  ),
  route(
    "DELETE /recorded/{recordedId}",
    {
      summary: "Delete a recorded request",
      action: "recording.end",
      params: z.object({ recordedId: idOf("rcs") }),
      ok: RecordingStateSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => discardRecorded(ctx, params.recordedId),
  ),
  route(
    "POST /adapters/{adapterId}/recorded/suite",
    {
      summary: "Create a suite from the recorded requests",
      description: "The live version's answers count as right; correct any that are wrong.",
      action: "eval.run",
      params,
      body: SuiteOfRecorded,
      ok: SuiteSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => suiteOfRecorded(ctx, { ...body, ...params }),
  ),
] as const;
