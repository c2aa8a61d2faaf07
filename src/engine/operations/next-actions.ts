import type { StackRecord } from '../model/records.js';

const DELETE = 'delete the stack';

/** What can be done about a stack whose last operation failed, or brought it back to what it was. */
export function nextActions(stack: Pick<StackRecord, 'action' | 'status' | 'origin' | 'extra'>): string[] {
  const isOfCreate = stack.extra.rollbackFrom === 'CREATE';
  switch (stack.action) {
    case 'DELETE':
      return [
        'delete the stack again',
        'delete it and retain the resources that cannot be deleted',
        'delete it with force: what cannot be deleted is left behind',
      ];
    case 'ROLLBACK':
      if (stack.status !== 'FAILED') return isOfCreate && stack.origin === 'cfn' ? [DELETE] : [MEND, DELETE];
      return isOfCreate
        ? ['roll back again: what is gone already stays gone', 'delete the stack']
        : ['roll back again', 'roll back again, skipping the resources that cannot be rolled back', MEND, DELETE];
    case 'CREATE':
    case 'UPDATE':
    case 'RESTORE':
      return [MEND, 'roll the stack back', DELETE];
    case 'SUSPEND':
      return ['suspend the stack again: what is suspended already stays so', 'resume the stack', DELETE];
    case 'RESUME':
      return ['resume the stack again: what is resumed already stays so', DELETE];
    case 'CHECK':
      return ['update the stack: what was found broken is replaced', 'check the stack again', DELETE];
    case 'SNAPSHOT':
      return ['take a snapshot again', DELETE];
    case 'ADOPT':
      return [MEND, DELETE];
  }
}

const MEND = 'update the stack with a mended template: what is done already stays';
