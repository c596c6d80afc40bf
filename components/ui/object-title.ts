type Lineage = { tenantName: string; adapterSlug: string };

/** "Northwind · support-bot": an adapter as titles of pages and dialogs name it; `app/page-titles.ts` has the browser's tabs. */
export const adapterTitle = ({ tenantName, adapterSlug }: Lineage): string => `${tenantName} · ${adapterSlug}`;

/** "Northwind · support-bot v2". */
export const versionTitle = ({ number, ...lineage }: Lineage & { number: number }): string =>
  `${adapterTitle(lineage)} v${number}`;
