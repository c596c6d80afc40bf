/** What a run says of itself that could ask, were others not before it. */
export const WAITS_FOR_TURN = "Waits for its turn.";
