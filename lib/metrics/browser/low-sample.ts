/** A figure over fewer requests than these is drawn dotted, and marked wherever it stands. */
export const LOW_SAMPLE_BELOW = 100;

/** @param requests behind a figure; null = the question makes no sense, as of a gauge */
export const isLowSample = (requests: number | null): boolean => requests !== null && requests < LOW_SAMPLE_BELOW;
