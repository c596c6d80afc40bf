export const MAX_MAP_ROWS = 40;
export const MAX_MAP_COLUMNS = 190;
/** A longer map would follow too many requests at once. */
export const MAX_MAP_HOURS = 6;
