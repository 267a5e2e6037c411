/** What stands in the place of a model's name, by the gateway's settings; else the name itself. */
export function instead(models: Readonly<Record<string, string>>, name: string): string {
  return (Object.hasOwn(models, name) ? models[name] : undefined) ?? name;
}
