/** Two sources further apart than this share of the larger are said to disagree. */
export const APART_SHARE = 0.1;
