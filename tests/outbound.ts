/** Where suites serve what the product is asked to fetch: a loopback address that nothing else uses. */
export const OUTBOUND_HOST = "127.0.0.77";
