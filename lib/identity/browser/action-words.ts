const NOUNS: Record<string, string> = { key: "API key", run: "gate", source: "import source", view: "chart view" };

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * An audit action in words, verb first as on the button that did it: "version.stage" is "Stage version",
 * "version.receive_file" is "Receive file of version". An action of a newer server reads the same way.
 */
export function actionWords(action: string): string {
  const [object = "", verb] = action.split(".");
  if (verb === undefined) return capitalised(object.replaceAll("_", " "));
  const noun = NOUNS[object] ?? object.replaceAll("_", " ");
  const words = verb.replaceAll("_", " ");
  return capitalised(words.includes(" ") ? `${words} of ${noun}` : `${words} ${noun}`);
}
