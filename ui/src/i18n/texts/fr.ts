/** All texts of this language, in one chunk. */
export default import.meta.glob<Record<string, unknown>>('../../../locales/fr/*.json', { eager: true, import: 'default' });
