const MOST_REASON = 110;
/** vLLM's own reason, without what its workers wrap around it. */
export function loadReason(message: string): string {
  const inner =
    /error '(.*)', please check/s.exec(message)?.[1] ?? message.replace(/^Call to add_lora method failed: /, "");
  const plain = inner.replaceAll(/(?:silent|peft)--[0-9a-f]+--/g, "").trim();
  if (plain === "") return "without a reason";
  return plain.length > MOST_REASON ? `${plain.slice(0, MOST_REASON)}…` : plain;
}

export const codeText = (text: string): string => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);
/** A vertical bar would end the cell, an angle bracket outside code would be a tag. */
export const cellText = (text: string): string =>
  text
    .replaceAll("|", "\\|")
    .replaceAll("<path>", "&lt;path&gt;")
    .replaceAll(/\s*\n\s*/g, " ");

/** One row of a table, its cells as they are. */
export const tableRow = (cells: readonly string[]): string => `| ${cells.map(cellText).join(" | ")} |`;
