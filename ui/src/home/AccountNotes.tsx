import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { concernsAccount, useUnderWay } from '../account/account';
import { useMeeting, useSend } from '../engine/context';
import type { Issue } from '../engine/contract';
import { useIssueActions } from '../error/actions';
import { IssueText, useActionText } from '../error/IssueText';
import { Button } from '../parts/Button';
import style from './home.module.css';

/** What there is to say of accounts and own rooms; nothing of it keeps anybody from joining. */
export function AccountNotes() {
  const issues = useMeeting((state) => state.issues);
  return issues.filter(concernsAccount).map((issue) => <Note key={`${issue.code} ${issue.params['host'] ?? ''} ${issue.params['action'] ?? ''}`} issue={issue} />);
}

function Note({ issue }: { issue: Issue }) {
  const { t } = useTranslation('home');
  const send = useSend();
  const action = useIssueActions()(issue);
  const actionText = useActionText(issue);
  const underWay = useUnderWay(issue);
  return (
    <div className={style.problem} role="alert" data-testid="account-note" data-code={issue.code}>
      <TriangleAlert aria-hidden="true" />
      <div>
        <p>
          <strong>
            <IssueText issue={issue} part="cause" />
          </strong>
        </p>
        <p>
          {underWay ?? <IssueText issue={issue} part="next" />}
        </p>
        <div className={style.problemKeys}>
          {action !== null && (
            <Button look="primary" size="small" busy={underWay !== null} onPress={action} data-testid="issue-action" data-action={issue.action}>
              {actionText}
            </Button>
          )}
          <Button look="secondary" size="small" onPress={() => send({ kind: 'dismiss', code: issue.code })}>
            {t('dismiss')}
          </Button>
        </div>
        <p className={style.code}>{issue.code}</p>
      </div>
    </div>
  );
}
