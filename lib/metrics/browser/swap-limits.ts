/** Single swaps are listed for at most a day at once; longer ranges are the charts'. */
export const MAX_SWAP_RANGE_SECONDS = 86_400;
