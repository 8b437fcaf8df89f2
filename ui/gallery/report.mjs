import { copyFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Writes the page that shows all pictures, a row a screen; beside them its mock-up, where `mockups` has one. */
export async function writeIndex(folder, results, mockups) {
  const drawn = mockups === null ? [] : (await readdir(mockups)).filter((name) => name.endsWith('.png'));
  const rows = new Map();
  for (const result of results) rows.set(result.screen, [...(rows.get(result.screen) ?? []), result]);
  const body = [];
  for (const [screen, pictures] of rows) {
    const mockup = drawn.find((name) => name.slice(0, 2) === screen.slice(0, 2) && screen.startsWith(name.replace(/^(\d+)\w?-(.*)\.png$/, '$1-$2'))) ?? drawn.find((name) => screen === name.replace('.png', ''));
    if (mockup !== undefined) await copyFile(path.join(mockups, mockup), path.join(folder, `mockup-${mockup}`));
    const bad = pictures.filter(({ faults }) => faults.length > 0).length;
    body.push(
      `<section id="${screen}"${bad > 0 ? ' class="bad"' : ''}><h2>${screen}${bad > 0 ? ` <em>${bad} with faults</em>` : ''}</h2><div class="row">`,
      ...(mockup === undefined ? [] : [figure(`mockup-${mockup}`, 'mock-up', [])]),
      ...pictures.map(({ name, faults }) => figure(`${name}.jpg`, name.split('--')[1], faults)),
      '</div></section>',
    );
  }
  const bad = results.filter(({ faults }) => faults.length > 0).length;
  await writeFile(
    path.join(folder, 'index.html'),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery: ${results.length} pictures, ${bad} with faults</title><style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 1rem; } h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin: 1.2rem 0 .4rem; } em { color: #ad2319; font-style: normal; }
.row { display: flex; gap: .75rem; overflow-x: auto; align-items: flex-start; } figure { margin: 0; flex: none; width: 19rem; } img { width: 100%; max-height: 24rem; object-fit: contain; object-position: top left; border: 1px solid #999; }
figcaption { font-size: .85rem; } li { color: #ad2319; overflow-wrap: anywhere; } ul { padding-left: 1.1rem; margin: .2rem 0; } label { margin-right: 1rem; }
body:has(#only:checked) section:not(.bad) { display: none; }
</style><h1>${results.length} pictures, ${bad} with faults</h1><label><input type="checkbox" id="only"> only screens with faults</label>${body.join('\n')}</html>\n`,
  );
}

function figure(file, caption, faults) {
  const list = faults.length === 0 ? '' : `<ul>${faults.map((fault) => `<li>${escape(fault)}</li>`).join('')}</ul>`;
  return `<figure><a href="${file}"><img loading="lazy" src="${file}" alt="${escape(caption)}"></a><figcaption>${escape(caption)}</figcaption>${list}</figure>`;
}
