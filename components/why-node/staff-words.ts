/** What the gateway tells a customer whose model has no live version. */
const ASK = "Ask your provider to cut one over.";

/** The gateway's answer in words for staff: its own tell a customer to ask them. */
export const staffWords = (answer: string): string => answer.replace(ASK, "Cut a version over first.");
