/** A thing with a name in one word, so that it fits into tool names. */
export type Noun = { one: string; many: string; prefix: string };

/** `says` are ways to speak of a state without its name. */
export type State = { value: string; says: readonly string[] };

export type Domain = {
  name: string;
  trade: string;
  companies: readonly string[];
  item: Noun;
  place: Noun;
  agent: Noun;
  states: readonly State[];
  goods: readonly string[];
  notes: readonly string[];
};

const noun = (one: string, prefix: string, many = `${one}s`): Noun => ({ one, many, prefix });
const state = (value: string, ...says: string[]): State => ({ value, says });

/** The trades a generated suite can be about; the seed picks one. Plain words that a base model knows. */
export const domains: readonly Domain[] = [
  {
    name: "freight",
    trade: "freight forwarding",
    companies: ["Norrland Freight", "Blue Anchor Lines", "Harbour and Hill"],
    item: noun("shipment", "SHP"),
    place: noun("depot", "DEP"),
    agent: noun("driver", "DRV"),
    states: [
      state("in_transit", "is on the road now", "has left and is under way"),
      state("held_at_customs", "is stuck at customs", "has been stopped by customs"),
      state("delivered", "has reached its customer", "was handed over this morning"),
      state("returned_to_sender", "is going back to where it came from", "was sent back"),
    ],
    goods: ["pallet", "crate", "drum", "container", "parcel"],
    notes: ["Ring the side gate", "Keep upright", "Forklift needed on site"],
  },
  {
    name: "clinic",
    trade: "outpatient care",
    companies: ["Lindenhof Clinics", "Seaview Health", "Maple Street Practice"],
    item: noun("appointment", "APT"),
    place: noun("ward", "WRD"),
    agent: noun("nurse", "NRS"),
    states: [
      state("checked_in", "has the patient in the waiting room", "has its patient at the desk"),
      state("no_show", "passed without the patient", "was missed by the patient"),
      state("completed", "is over and done", "took place as planned"),
      state("awaiting_results", "waits for the laboratory", "is open until the lab answers"),
    ],
    goods: ["bandage", "syringe", "test kit", "mask", "thermometer"],
    notes: ["Bring the old records", "Patient prefers mornings", "Interpreter is booked"],
  },
  {
    name: "hotel",
    trade: "hotels",
    companies: ["Arcadia Stays", "Fjord Rooms", "The Quiet House Group"],
    item: noun("booking", "BKG"),
    place: noun("property", "PRP", "properties"),
    agent: noun("concierge", "CON"),
    states: [
      state("confirmed", "has been agreed with the guest", "is settled"),
      state("guest_arrived", "has its guest in the house", "was opened at the front desk today"),
      state("checked_out", "ended when the guest left", "is over, the guest has gone"),
      state("waiting_for_deposit", "still lacks the deposit", "is open until the guest pays the deposit"),
    ],
    goods: ["towel", "pillow", "cot", "blanket", "kettle"],
    notes: ["Late arrival, keep the door code ready", "Guest is allergic to feathers", "Room away from the lift"],
  },
  {
    name: "bank",
    trade: "retail banking",
    companies: ["Meridian Savings", "First Orchard Bank", "Kestrel Credit Union"],
    item: noun("transfer", "TRF"),
    place: noun("branch", "BRN", "branches"),
    agent: noun("adviser", "ADV"),
    states: [
      state("pending_review", "is being looked at by compliance", "waits for a second pair of eyes"),
      state("settled", "has arrived on the other account", "is booked on both sides"),
      state("rejected_by_bank", "was refused by the other bank", "bounced at the receiving bank"),
      state("scheduled", "is planned for a later day", "will run at a later date"),
    ],
    goods: ["card", "cheque book", "token", "statement", "envelope"],
    notes: ["Customer called to confirm", "Second signature on file", "Use the maiden name on letters"],
  },
  {
    name: "energy",
    trade: "power supply",
    companies: ["Tidewater Power", "Helios Grid", "Northfield Energy"],
    item: noun("meter", "MTR"),
    place: noun("substation", "SUB"),
    agent: noun("technician", "TEC"),
    states: [
      state("online", "is reporting again", "answers every poll"),
      state("needs_replacement", "is worn out and has to be swapped", "is beyond repair"),
      state("sealed", "has its seal back on", "was closed with a seal"),
      state("disconnected", "has been taken off the grid", "no longer gets power"),
    ],
    goods: ["fuse", "breaker", "cable", "relay", "seal"],
    notes: ["Dog in the yard", "Key is with the neighbour", "Basement, second door"],
  },
  {
    name: "retail",
    trade: "online retail",
    companies: ["Papaya Home", "Oak and Ember", "Brightside Goods"],
    item: noun("order", "ORD"),
    place: noun("store", "STO"),
    agent: noun("courier", "COU"),
    states: [
      state("packed", "is in its box", "has been boxed up"),
      state("awaiting_payment", "has not been paid yet", "is open until the money comes"),
      state("refunded", "was paid back", "has had its money returned"),
      state("ready_for_pickup", "can be collected", "lies at the counter for the customer"),
    ],
    goods: ["lamp", "mug", "cushion", "rug", "vase"],
    notes: ["Gift, leave the price out", "Leave with the porter", "Customer is in after six"],
  },
  {
    name: "library",
    trade: "public libraries",
    companies: ["Riverside Libraries", "Town Hall Reading Rooms", "The Lantern Library"],
    item: noun("loan", "LON"),
    place: noun("branch", "LIB", "branches"),
    agent: noun("librarian", "LBN"),
    states: [
      state("overdue", "should have come back by now", "is past its date"),
      state("returned", "is back on the shelf", "has come back"),
      state("lost", "cannot be found any more", "was reported missing by the reader"),
      state("on_hold_shelf", "waits on the shelf for its reader", "lies ready behind the desk"),
    ],
    goods: ["atlas", "novel", "score", "map", "magazine"],
    notes: ["Cover is torn already", "Reader asked for large print", "Third volume of the set"],
  },
  {
    name: "airline",
    trade: "air travel",
    companies: ["Cirrus Regional", "Polar Air", "Southwind Airways"],
    item: noun("reservation", "RSV"),
    place: noun("airport", "APX"),
    agent: noun("steward", "STW"),
    states: [
      state("ticketed", "has its ticket issued", "is paid and has a ticket"),
      state("waitlisted", "is on the waiting list", "has no seat yet"),
      state("boarded", "has its passenger on the plane", "is through the gate"),
      state("rebooked", "was put on another flight", "has been moved to a later flight"),
    ],
    goods: ["suitcase", "stroller", "ski bag", "guitar", "bicycle"],
    notes: ["Needs a wheelchair at the gate", "Vegetarian meal", "Travels with an infant"],
  },
  {
    name: "school",
    trade: "adult education",
    companies: ["Evening College", "Northgate Courses", "Open Door School"],
    item: noun("enrolment", "ENR"),
    place: noun("campus", "CMP", "campuses"),
    agent: noun("tutor", "TUT"),
    states: [
      state("accepted", "has been let in", "was approved by the office"),
      state("on_waiting_list", "waits for a free seat", "is queued until someone leaves"),
      state("withdrawn", "was taken back by the student", "ended because the student left"),
      state("graduated", "ended with a certificate", "was finished with success"),
    ],
    goods: ["textbook", "notebook", "badge", "headset", "calculator"],
    notes: ["Fee is paid by the employer", "Prefers the evening group", "Needs a seat near the front"],
  },
  {
    name: "insurance",
    trade: "home insurance",
    companies: ["Shelter Mutual", "Granite Cover", "Wren Insurance"],
    item: noun("claim", "CLM"),
    place: noun("office", "OFC"),
    agent: noun("adjuster", "ADJ"),
    states: [
      state("under_inspection", "is being looked at on site", "has an expert at the house"),
      state("paid_out", "has been paid to the customer", "ended with a payment"),
      state("denied", "was turned down", "got a no from us"),
      state("waiting_for_documents", "still lacks papers", "is open until the papers arrive"),
    ],
    goods: ["window", "carpet", "boiler", "sofa", "roof tile"],
    notes: ["Photos came by post", "Customer is abroad until Monday", "Second claim this year"],
  },
];
