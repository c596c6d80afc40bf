import { describe, expect, it } from "vitest";
import { BASE } from "../../testing/adapter-folder.ts";
import { compareTemplates } from "./compare-templates.ts";

const POOL = BASE.chatTemplate;
const compare = (adapter: string, pool = POOL, timeoutMs?: number) =>
  compareTemplates(pool, adapter, BASE.tokenizerConfigJson, timeoutMs);

describe("templates that render the same", () => {
  it.each([
    ["with a comment in front", `{#- as the base's -#}\n${POOL}`],
    ["with other blanks inside tags", POOL.replaceAll("{%- ", "{%-   ").replaceAll(" %}", "   %}")],
    ["with another name of a variable", POOL.replaceAll("rest", "following")],
    ["with lines that make no text", POOL.replace("{{- bos_token }}", "{%- set unused = 1 -%}{{- bos_token -}}")],
  ])("%s", async (_what, adapter) => {
    expect(await compare(adapter)).toMatchObject({ kind: "same", compared: 14 });
  });
});

describe("templates that render otherwise", () => {
  it.each([
    ["another role", POOL.replace("assistant<|end_header_id|>", "helper<|end_header_id|>")],
    ["text that is not trimmed", POOL.replace("(message['content'] or '') | trim", "message['content'] or ''")],
    ["a default system text", POOL.replace("system is defined or tools", "true")],
    [
      "tools laid out in another way",
      POOL.replace("| tojson }}\n        {%- endfor", "| tojson(indent=4) }}\n        {%- endfor"),
    ],
    ["the pad token in it", POOL.replace("{{- bos_token }}", "{{- bos_token + pad_token }}")],
    ["system text refused", POOL.replace("{%- set system", "{{- raise_exception('no') }}{%- set system")],
  ])("%s", async (_what, adapter) => {
    expect((await compare(adapter)).kind).toBe("differs");
  });

  it("name the first difference", async () => {
    const verdict = await compare("{{ messages[0].content }}!", "{{ messages[0].content }}?");
    expect(verdict).toEqual({
      kind: "differs",
      sample: { pool: '"Where is my order? ?"', adapter: '"Where is my order? !"' },
    });
  });
});

describe("a template that cannot be rendered proves nothing", () => {
  it.each([
    ["no template", "{% for %}"],
    ["a loop without end", "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}"],
    [
      "text without end",
      "{% set ns = namespace(t='x') %}{% for a in range(60) %}{% set ns.t = ns.t + ns.t %}{% endfor %}{{ ns.t }}",
    ],
    ["a list without end", "{% for a in range(1000000000) %}{% endfor %}"],
    ["a way out", "{{ messages.constructor.constructor('return process')().exit(0) }}"],
  ])("%s", async (_what, hostile) => {
    expect((await compare(hostile, hostile, 2_000)).kind).toBe("unclear");
  });
});
