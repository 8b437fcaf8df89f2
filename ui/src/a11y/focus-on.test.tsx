import { render } from '@testing-library/react';
import { Button, Toolbar } from 'react-aria-components';
import { expect, it } from 'vitest';
import { focusOn } from './focus-on';

it('gives the focus to the very key of a toolbar that had it elsewhere last', () => {
  const { getByText } = render(
    <>
      <Toolbar>
        <Button>one</Button>
        <Button>two</Button>
      </Toolbar>
      <button type="button">out</button>
    </>,
  );
  const [one, two, out] = ['one', 'two', 'out'].map((text) => getByText(text)) as [HTMLElement, HTMLElement, HTMLElement];
  two.focus();
  out.focus();
  // What the toolbar does.
  one.focus();
  expect(two).toHaveFocus();
  out.focus();
  focusOn(one);
  expect(one).toHaveFocus();
});
