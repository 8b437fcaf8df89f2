import text from '../../../docs/accessibility.md?raw';

/** A part of the statement: what it is called, and its paragraphs, lists and tables. */
export interface Chapter {
  title: string;
  blocks: Block[];
}

export type Block = { kind: 'text'; text: string } | { kind: 'list'; items: string[] } | { kind: 'table'; head: string[]; rows: string[][] };

/** Reads the little of Markdown that the statement is written in: titles, paragraphs, lists of one level, tables. Signs of emphasis and code are taken off. */
export function chaptersOf(markdown: string): Chapter[] {
  const chapters: Chapter[] = [];
  for (const piece of markdown.split(/\n{2,}/)) {
    const lines = piece.trim().split('\n');
    const first = lines[0] ?? '';
    const title = /^#+ (.*)$/.exec(first)?.[1];
    if (title !== undefined) {
      chapters.push({ title: plain(title), blocks: [] });
      continue;
    }
    const last = chapters.at(-1);
    if (last === undefined || first === '') continue;
    if (first.startsWith('|')) {
      const [head = [], , ...rows] = lines.map((line) => line.split('|').slice(1, -1).map((cell) => plain(cell.trim())));
      last.blocks.push({ kind: 'table', head, rows });
    } else if (first.startsWith('* ')) last.blocks.push({ kind: 'list', items: lines.map((line) => plain(line.replace(/^\* /, ''))) });
    else last.blocks.push({ kind: 'text', text: plain(lines.join(' ')) });
  }
  return chapters;
}

function plain(text: string): string {
  return text.replace(/\*\*|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)/g, '');
}

export const STATEMENT: readonly Chapter[] = chaptersOf(text);
