/** What is done on a page before its picture is taken. By test ids and keys alone: they are the same in every language. */

const id = (name) => `[data-testid="${name}"]`;

/** Presses keys one after the other. `Control+d` holds what stands before the last. */
export const press =
  (...keys) =>
  async (page) => {
    for (const chord of keys) {
      const held = chord === '+' ? ['+'] : chord.split('+');
      const last = held.pop();
      for (const one of held) await page.keyboard.down(one);
      await page.keyboard.press(last);
      for (const one of held.reverse()) await page.keyboard.up(one);
    }
  };

/** Clicks what a selector finds first, wherever it has to be scrolled from. */
const clickOn = async (page, selector) => {
  await page.waitForSelector(selector, { timeout: 30_000 });
  // At 200 % much lies below the window's edge.
  await page.$eval(selector, (thing) => thing.scrollIntoView({ block: 'nearest' }));
  await page.click(selector);
};

/** Clicks things with these test ids, one after the other. */
export const click =
  (...names) =>
  async (page) => {
    for (const name of names) await clickOn(page, id(name));
  };

/** The first of these that is there: what has a key of its own in a wide window is in *More* in a narrow one. */
export const clickOr = (name, item) => async (page) => {
  if ((await page.$(id(name))) !== null) return clickOn(page, id(name));
  await clickOn(page, id('more'));
  return clickOn(page, id(item));
};

/** Chooses in *More*. */
export const more = (item) => click('more', item);

export const type = (name, text) => async (page) => {
  await clickOn(page, id(name));
  await page.keyboard.type(text);
};

/** Gives the focus, as the keys that go from region to region do: how many regions there are differs by size. */
export const focus = (text) => async (page) => {
  await page.waitForSelector(text, { timeout: 30_000 });
  await page.focus(text);
};

export const selector = (text) => (page) => clickOn(page, text);

/** Several, in order. */
export const then =
  (...acts) =>
  async (page) => {
    for (const act of acts) await act(page);
  };

/** Waits until something with this test id is there. */
export const shown = (name) => (page) => page.waitForSelector(id(name), { timeout: 30_000 });

/** Lets seconds go by on the page's clock, and the page see it. */
export const later = (seconds) => async (page) => {
  await page.evaluate(async (ms) => {
    const now = Date.now() + ms;
    Date.now = () => now;
    // What counts seconds looks at the clock once a second.
    await new Promise((done) => setTimeout(done, 1100));
  }, seconds * 1000);
};
