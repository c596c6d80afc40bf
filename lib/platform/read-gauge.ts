import { Gauge, type Registry } from "prom-client";

/** Makes gauges that read what they say when somebody scrapes: what is not there any more has no series. */
export const readGauges =
  (registry: Registry, prefix: string) =>
  (name: string, help: string, labelNames: string[], read: (own: Gauge) => void): Gauge =>
    new Gauge({
      name: `${prefix}${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        read(this);
      },
    });
