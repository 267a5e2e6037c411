/** What to do where they do not agree. */
export const catalogueAdvice = "Mend it in the connection's catalogue, or in the file of TUNEWRIGHT_CATALOGUE.";

/** How the catalogue and a connection's own list of models agree. */
export interface CatalogueCheck {
  connection: string;
  /** What they do not agree on, a sentence each. */
  drift: string[];
  /** Why the connection could not be asked. */
  trouble?: string;
}
