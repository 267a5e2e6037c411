/** The compiler's library has it for browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
};

/** What a module of `assembly/` exports, which `npm run assembly` has written in base64; `host` is what it declares of its host. */
export function instantiate<Exports>(base64: string, host: object = {}): Exports {
  const module = new WebAssembly.Module(Buffer.from(base64, 'base64'));
  return new WebAssembly.Instance(module, { host }).exports as Exports;
}
