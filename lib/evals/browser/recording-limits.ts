/** Days from being asked until a kept request is deleted. */
export const KEPT_DAYS = 30;

/** What a customer chooses when it allows recording: the least, the most, and what is proposed. */
export const RECORDING_LIMITS = {
  perCent: { least: 1, most: 100, proposed: 100 },
  days: { least: 1, most: 30, proposed: 14 },
  most: { least: 10, most: 1000, proposed: 600 },
} as const;

/** Of the words that it has replaced. */
export const WORD_LIMITS = { shortest: 2, longest: 80, most: 200 } as const;
