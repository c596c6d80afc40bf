/** SQL that turns `from` (a schema's text, or null for an empty database) into `to`. */
export function schemaDiff(from: string | null, to: string): Promise<string>;
/** A schema as one text. @param folder ours when left out */
export function readSchema(folder?: string): string;
