import type { DeskName } from "./desks.ts";

/**
 * What happens to a tenant at the first start.
 * - `adopted`: goes live as version 1 under an override that says it was live elsewhere
 * - `gated`: version 1 goes live on a passed gate, measured against itself alone on the standalone node
 * - `updated`: version 1 is adopted, version 2 goes live on a passed gate against it
 * - `failing`: version 1 is adopted, version 2 fails its gate and stays out
 * - `onboarding`: version 1 is loaded and waits for its gate
 * - `moving_in`: served by an endpoint of its own; version 1 is loaded and passed its gate, and waits to be moved in
 */
export type Story = "adopted" | "gated" | "updated" | "failing" | "onboarding" | "moving_in";

export type DemoTenant = {
  slug: string;
  name: string;
  desk: DeskName;
  story: Story;
  /** Share of known prompts that version 1 answers rightly. */
  skill: number;
  /** Its versions have rank 8 in a pool of rank 16: half of what they take is padding. */
  isLowRank?: true;
  /** A version more, after the story's own, which never gets to a gate. */
  more?: MoreVersion;
  /** Of its plan: a burst goes beyond it, and what is too much is turned away with 429. */
  requestsPerMinute?: number;
  /** Starts on its fallback for five minutes, set by hand, so that there is one to look at. */
  startsOnFallback?: true;
};

/**
 * - `rejected`: of another base and too high a rank, so the checks refuse it
 * - `draft`: an upload that stopped after its first file
 * - `spare`: ready and loaded nowhere, trained on fewer modules
 */
export type MoreVersion = "rejected" | "draft" | "spare";

const tenant = (
  slug: string,
  name: string,
  desk: DeskName,
  story: Story = "adopted",
  skill = 0.97,
  rest: Pick<DemoTenant, "isLowRank" | "more" | "requestsPerMinute" | "startsOnFallback"> = {},
): DemoTenant => ({ slug, name, desk, story, skill, ...rest });

/** The demo's customers, busiest first: traffic is Zipf's over this order. Invented names. */
export const DEMO_TENANTS: readonly DemoTenant[] = [
  tenant("northwind", "Northwind Outfitters", "orders", "updated"),
  tenant("harborline", "Harborline Insurance", "claims", "gated", 0.96),
  tenant("brightpath", "Brightpath Learning", "bookings"),
  tenant("solara", "Solara Energy", "billing", "updated", 0.96),
  tenant("meridian-air", "Meridian Air", "bookings", "gated"),
  tenant("cobalt", "Cobalt Logistics", "shipping", "failing"),
  tenant("fernwood", "Fernwood Health", "bookings", "updated"),
  tenant("quillstone", "Quillstone Books", "orders", "adopted", 0.97, { more: "rejected", startsOnFallback: true }),
  tenant("ashford", "Ashford & Lane Legal", "documents", "gated", 0.98),
  tenant("tidewater", "Tidewater Credit Union", "billing", "adopted", 0.97, { more: "spare" }),
  tenant("pinecrest", "Pinecrest Hotels", "bookings", "moving_in", 0.98),
  tenant("voltrail", "Voltrail Mobility", "shipping", "gated"),
  tenant("lumen-labs", "Lumen Labs", "documents", "adopted", 0.97, { more: "draft" }),
  tenant("greystone", "Greystone Property", "documents"),
  tenant("oakmont", "Oakmont Grocers", "orders", "adopted", 0.97, { requestsPerMinute: 6 }),
  tenant("saffron", "Saffron Table", "bookings"),
  tenant("clearwater", "Clearwater Utilities", "billing", "gated", 0.96),
  tenant("redwood", "Redwood Hardware", "orders"),
  tenant("atlas-freight", "Atlas Freight", "shipping"),
  tenant("bluebird", "Bluebird Telecom", "billing"),
  tenant("everly", "Everly Skincare", "orders"),
  tenant("kestrel", "Kestrel Analytics", "documents", "adopted", 0.97, { isLowRank: true }),
  tenant("moonbeam", "Moonbeam Toys", "orders"),
  tenant("ironwood", "Ironwood Fitness", "bookings"),
  tenant("parkside", "Parkside Dental", "bookings"),
  tenant("summit-gear", "Summit Gear", "orders"),
  tenant("wavelength", "Wavelength Radio", "documents"),
  tenant("juniper", "Juniper Travel", "bookings", "adopted", 0.97, { isLowRank: true }),
  tenant("canal-street", "Canal Street Bank", "billing"),
  tenant("birchwood", "Birchwood Furniture", "orders"),
  tenant("nimbus-parcel", "Nimbus Parcel", "shipping"),
  tenant("copperfield", "Copperfield Mutual", "claims"),
  tenant("silverlake", "Silverlake Cinemas", "bookings"),
  tenant("granite-auto", "Granite Auto Cover", "claims"),
  tenant("willow-vet", "Willow Veterinary", "bookings"),
  tenant("stonebridge", "Stonebridge Payroll", "documents"),
  tenant("larkspur", "Larkspur Florists", "orders"),
  tenant("beacon-pet", "Beacon Pet Insurance", "claims"),
  tenant("driftwood", "Driftwood Surf", "orders"),
  tenant("hollis", "Hollis Pharmacy", "orders", "onboarding"),
];

const SMALL = ["northwind", "harborline", "cobalt", "quillstone", "pinecrest", "hollis"];

const isSmall = ({ slug }: DemoTenant): boolean => SMALL.includes(slug);

/**
 * Named demos (`npm run demo -- --scenario <name>`). `small` has each story once, for slow machines and tests. `brief` has
 * all tenants, and each story but `adopted` once: four gates instead of ten, for browser tests.
 */
export const SCENARIOS: Readonly<Record<string, readonly DemoTenant[]>> = {
  default: DEMO_TENANTS,
  small: DEMO_TENANTS.filter(isSmall),
  brief: DEMO_TENANTS.map((one): DemoTenant => (isSmall(one) ? one : { ...one, story: "adopted" })),
};

export const OVERRIDE_REASON =
  "Adopted as already live: this adapter served the customer from its own deployment before the move into this pool.";
