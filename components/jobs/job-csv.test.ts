import { expect, it } from "vitest";
import { jobCsv } from "./job-csv.ts";

it("quotes what needs it, and starts no formula", () => {
  const item = {
    position: 0,
    key: "ver_1",
    label: "acme/bot v1",
    state: "failed" as const,
    attempts: 2,
    message: 'Said "no", twice.',
    fix: "=HYPERLINK()",
    result: null,
    startedAt: null,
    finishedAt: null,
  };
  expect(jobCsv([item, { ...item, position: 1, message: "No.", fix: null }])).toBe(
    'position,key,name,state,attempts,message,fix\r\n1,ver_1,acme/bot v1,failed,2,"Said ""no"", twice.",\'=HYPERLINK()\r\n2,ver_1,acme/bot v1,failed,2,No.,\r\n',
  );
});
