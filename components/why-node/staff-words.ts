/** What the gateway tells a customer whose model has no live version. */
const ASK = "Ask your provider to cut one over.";

/** The gateway's answer as staff read it: they are the provider that customers are told to ask. */
export const staffWords = (answer: string): string => answer.replace(ASK, "Cut a version over first.");
