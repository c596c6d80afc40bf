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
} from "../browser/recording-schema.ts";
import { SuiteSchema } from "../browser/suite-schema.ts";
import { allowRecording, endRecording } from "./allow-recording.ts";
import { listRecordedCases, showRecording } from "./show-recording.ts";
import { discardRecorded, suiteOfRecorded } from "./use-recorded.ts";

const params = z.object({ adapterId: idOf("adp") });

export const recordedRoutes = [
  route(
    "GET /adapters/{adapterId}/recording",
    {
      summary: "Read whether requests are kept for tests, by whose leave, and what became of them",
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
      summary: "Let some requests be kept for tests",
      description:
        "Only an admin of the customer may. Requests are redacted before they are stored, deleted after 30 days, and can be looked at and taken out meanwhile.",
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
      summary: "Keep no more requests, and delete those that were kept if asked to",
      description: "Suites that were made of them keep their prompts. The same twice is once.",
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
      summary: "List the requests that are kept, as they are kept, newest first",
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
      summary: "Take one request out",
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
      summary: "Make a suite of the requests that are kept",
      description: "Its right answers are what the live version answered; correct what was not right.",
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
