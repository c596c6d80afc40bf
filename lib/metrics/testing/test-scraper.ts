import type { Deps } from "#lib/identity/ctx.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { createHousekeeping } from "../loop.ts";
import { createScraper, SCRAPE_LOOP } from "../scrape/scraper.ts";

/** A scraper whose scrapes are asked for one by one, under a lease that the test holds. */
export function createTestScraper(deps: Deps): { tick(turn: Turn): Promise<void> } {
  const scraper = createScraper(deps);
  const runHousekeeping = createHousekeeping(deps);
  return {
    async tick({ term, signal }) {
      await scraper.take(term);
      await scraper.scrape(signal);
      await scraper.save();
      await runHousekeeping({ name: SCRAPE_LOOP, term });
    },
  };
}
