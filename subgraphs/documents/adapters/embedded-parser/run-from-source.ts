import { registerHooks } from "node:module";

/**
 * Preloaded into a parser process that runs from TypeScript source. Node strips the types by itself; all that is missing is that
 * `./name.js` means `./name.ts` there. A full compiler would take a second of every document's time to load.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const fromSource = context.parentURL?.endsWith(".ts") === true && /^\.{1,2}\/.*\.js$/.test(specifier);
    return nextResolve(fromSource ? specifier.replace(/\.js$/, ".ts") : specifier, context);
  },
});
