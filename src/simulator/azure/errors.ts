/** An answer in the shape of Azure's errors: `{ error: { code, message } }`. */
export function azureError(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}

/** For paths that do not exist, which is also what a missing `api-version` gets. */
export function resourceNotFound(): Response {
  return azureError(404, '404', 'Resource not found');
}
