import { chatTemplateChecksum } from "#lib/pools/fingerprint.ts";
import type { TrainingContract } from "#lib/pools/schema.ts";
import { TEMPLATE_FILE } from "../../browser/file-set.ts";
import { error, note, pass } from "../../browser/finding.ts";
import type { Compared } from "../compared.ts";
import type { TemplateVerdict } from "./compare-templates.ts";

/**
 * Compares the folder's chat template with the pool's: by its text, else by what both render.
 * @param rendered null = it was not tried, since the pool keeps no text or the texts are equal
 */
export function checkTemplate(
  template: string | null,
  contract: TrainingContract,
  rendered: TemplateVerdict | null,
): Compared {
  if (template === null || contract.chatTemplateChecksum === null)
    return {
      checksum: template === null ? contract.chatTemplateChecksum : chatTemplateChecksum(template),
      finding:
        contract.chatTemplateChecksum === null
          ? note({
              code: "chat_template_unchecked",
              title: "The chat template was not compared",
              message: "The pool states none; the node uses whatever its base model brings.",
            })
          : pass({
              code: "chat_template_by_contract",
              title: "Chat template as the training contract states",
              message: "The folder brings none.",
            }),
    };
  const checksum = chatTemplateChecksum(template);
  const evidence = { found: checksum, pool: contract.chatTemplateChecksum };
  if (checksum === contract.chatTemplateChecksum)
    return {
      checksum,
      finding: pass({
        code: "chat_template_matches",
        title: "Same chat template",
        message: "Prompts are laid out as in training.",
        evidence,
      }),
    };
  if (rendered?.kind === "same")
    return {
      checksum: contract.chatTemplateChecksum,
      finding: pass({
        code: "chat_template_renders_same",
        title: "A chat template that renders the same",
        message: `Its text differs from the pool's, and ${rendered.compared} conversations are laid out alike.`,
        evidence,
      }),
    };
  return {
    checksum,
    finding: error({
      code: "chat_template_mismatch",
      title: "Trained with another chat template",
      message: `The node lays every prompt out with the pool's template, not with the adapter's. ${comparison(rendered)}`,
      fix: "Train with the pool's chat template, or use a pool that serves this one.",
      field: TEMPLATE_FILE,
      evidence:
        rendered?.kind === "differs"
          ? { ...evidence, "the adapter's": rendered.sample.adapter, "the pool's": rendered.sample.pool }
          : evidence,
    }),
  };
}

function comparison(rendered: TemplateVerdict | null): string {
  switch (rendered?.kind) {
    case "differs":
      return "They lay out the same conversation differently.";
    case "unclear":
      return `What they render could not be compared: ${rendered.why}.`;
    default:
      return "The pool keeps no text to compare what they render: it was added before texts were kept.";
  }
}
