import { ImagePlus } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../parts/Button';
import { Choice } from '../parts/Choice';
import parts from '../parts/parts.module.css';
import style from './background.module.css';
import { BACKGROUNDS, useBackground } from './useBackground';

/** What is behind the person, to choose. `said`: it has its words elsewhere. */
export function BackgroundField({ said }: { said?: { 'aria-labelledby': string; 'aria-describedby': string } }) {
  const { t } = useTranslation('background');
  const id = useId();
  const { selected, choose, takePicture, failure } = useBackground();
  const words = said ?? { 'aria-labelledby': `${id}-label`, 'aria-describedby': `${id}-failure` };
  return (
    <div className={style.background}>
      {said === undefined && (
        <span id={`${id}-label`} className={parts.label}>
          {t('title')}
        </span>
      )}
      <Choice
        {...words}
        options={BACKGROUNDS.map((key) => ({ key, name: t(`word.${key}`) }))}
        selected={selected}
        onChoose={choose}
        data-testid="set-background"
      />
      {selected === 'picture' && (
        <Button look="secondary" size="small" onPress={takePicture} data-testid="another-picture">
          <ImagePlus aria-hidden="true" />
          {t('another')}
        </Button>
      )}
      <p id={`${id}-failure`} role="status" className={style.failure} data-testid="background-failure">
        {failure !== null && t(failure)}
      </p>
    </div>
  );
}
