import type { CallInput, CallOutput, Signature } from "../client.ts";

type Drive = <S extends Signature>(signature: S, input: CallInput<S>) => Promise<CallOutput<S>>;

const TOOLS = [
  {
    type: "function" as const,
    function: {
      name: "cancel_order",
      description: "Cancel one order.",
      parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    },
  },
];

/** Suites: made, copied and edited; and templates of them. */
export async function driveSuites(tenantId: string, drive: Drive): Promise<void> {
  const first = await drive("POST /tenants/{tenantId}/suites", {
    params: { tenantId },
    body: { name: "More", count: 10, seed: "acme" },
  });
  const line = { messages: [{ role: "user", content: "Hello." }], tools: TOOLS, expected_tool_calls: [] };
  await drive("POST /tenants/{tenantId}/suites/import", {
    params: { tenantId },
    body: { name: "File", format: "openai", text: JSON.stringify(line) },
  });
  await drive("PUT /tenants/{tenantId}/tools", { params: { tenantId }, generation: 0, body: { tools: TOOLS } });
  const patterns = [
    { name: "cancel", category: "plain", turns: [{ role: "user" as const, text: "{cancel.details}" }] },
  ];
  const written = { name: "Orders", patterns };
  const { id: templateId } = await drive("POST /suite-templates", { body: written });
  const of = { templateId };
  await drive("PUT /suite-templates/{templateId}", {
    params: of,
    generation: 1,
    body: { ...written, name: "All orders" },
  });
  await drive("POST /suite-templates/{templateId}/bind", { params: of, body: { tenantIds: [tenantId] } });
  await drive("DELETE /suite-templates/{templateId}", { params: of, generation: 2 });
  const { id: suiteId } = await drive("POST /suites/{suiteId}/copy", { params: { suiteId: first.id }, body: {} });
  const params = { suiteId };
  const body = {
    category: "by_hand",
    messages: [{ role: "user" as const, content: "Cancel A-1." }],
    tools: TOOLS,
    expected: { calls: [{ name: "cancel_order", arguments: '{"id":"A-1"}' }], reason: "it is said" },
  };
  const added = await drive("POST /suites/{suiteId}/cases", { params, generation: 1, body });
  const caseParams = { suiteId, caseId: added.case.id };
  await drive("PUT /suites/{suiteId}/cases/{caseId}", {
    params: caseParams,
    generation: 2,
    body: { ...body, tags: ["changed"] },
  });
  const matchers = [{ tool: "cancel_order", path: "$.id", matcher: "uri" as const }];
  await drive("PATCH /suites/{suiteId}", { params, generation: 3, body: { matchers } });
  const held = { caseIds: [added.case.id], holdOut: true };
  await drive("POST /suites/{suiteId}/hold-out", { params, generation: 4, body: held });
  await drive("DELETE /suites/{suiteId}/cases/{caseId}", { params: caseParams, generation: 5 });
}
