import { MicOff, TriangleAlert, VideoOff } from 'lucide-react';
import { useUnderWay } from '../account/account';
import type { Issue } from '../engine/contract';
import { useIssueActions } from '../error/actions';
import { IssueText, useActionText } from '../error/IssueText';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import style from './prejoin.module.css';

const INFORMS = ['VIS-MIC-LARGE-72', 'VIS-DEV-MOVED-78', 'VIS-DEV-NEW-75'];

/** What is amiss before the meeting, with the next step. */
export function Note({ issue }: { issue: Issue }) {
  const action = useIssueActions()(issue);
  const actionText = useActionText(issue);
  const underWay = useUnderWay(issue);
  // Nothing is wrong there: one knows, and may do otherwise.
  const informs = INFORMS.includes(issue.code);
  const Icon = issue.code.startsWith('VIS-MIC') ? MicOff : issue.code.startsWith('VIS-CAM') ? VideoOff : TriangleAlert;
  return (
    <div className={classes(parts.note, style.note)} data-tone={informs ? undefined : 'warn'} role="alert" data-testid="issue" data-code={issue.code}>
      <Icon aria-hidden="true" />
      <div className={style.noteText}>
        <p className={parts.noteTitle}>
          <IssueText issue={issue} part="cause" />
        </p>
        <p className={parts.noteText}>
          {underWay ?? <IssueText issue={issue} part="next" />}
        </p>
      </div>
      {action !== null && (
        <Button look="secondary" busy={underWay !== null} onPress={action}>
          {actionText}
        </Button>
      )}
    </div>
  );
}
