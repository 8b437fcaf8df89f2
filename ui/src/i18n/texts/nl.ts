/** All texts of this language, in one chunk. */
export default import.meta.glob<Record<string, unknown>>('../../../locales/nl/*.json', { eager: true, import: 'default' });
