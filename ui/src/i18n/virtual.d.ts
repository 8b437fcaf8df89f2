/** Made by `vite.config.ts` of the folders in `locales`. */
declare module 'virtual:texts' {
  const load: Record<string, () => Promise<{ default: Record<string, Record<string, unknown>> }>>;
  export default load;
}
