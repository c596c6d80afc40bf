export const MAX_MAP_ROWS = 40;
/** With 40 rows, a node that swaps all the time draws a cell for each: more take seconds to open. */
export const MAX_MAP_COLUMNS = 130;
/** A longer map would follow too many requests at once. */
export const MAX_MAP_HOURS = 6;
