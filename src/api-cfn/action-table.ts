import type { Action } from './action.js';
import { actions as changeSets } from './change-sets/change-set-actions.js';
import { actions as drift } from './drift/drift-actions.js';
import { actions as generatedTemplates } from './generated/generated-actions.js';
import { actions as resourceScans } from './generated/scan-actions.js';
import { actions as refactoring } from './refactor/refactor-actions.js';
import { actions as stackInstances } from './stack-sets/instance-actions.js';
import { actions as stackSetOperations } from './stack-sets/operation-actions.js';
import { actions as stackSets } from './stack-sets/set-actions.js';
import { actions as stackChanges } from './stacks/change-actions.js';
import { actions as stackEvents } from './stacks/event-actions.js';
import { actions as exports } from './stacks/export-actions.js';
import { actions as stackPolicies } from './stacks/policy-actions.js';
import { actions as stackResources } from './stacks/resource-actions.js';
import { actions as rollbacks } from './stacks/rollback-actions.js';
import { actions as stackViews } from './stacks/view-actions.js';
import { actions as templates } from './templates/template-actions.js';
import { actions as types } from './types/type-actions.js';

/** Every action that is implemented, one group after the other. */
export const ACTIONS: readonly Action[] = [
  ...stackChanges,
  ...rollbacks,
  ...stackViews,
  ...stackEvents,
  ...stackResources,
  ...stackPolicies,
  ...exports,
  ...templates,
  ...changeSets,
  ...drift,
  ...refactoring,
  ...stackSets,
  ...stackInstances,
  ...stackSetOperations,
  ...resourceScans,
  ...generatedTemplates,
  ...types,
];

const byName = new Map(ACTIONS.map((action) => [action.name, action]));

/** The action of a name; undefined if it is not implemented. */
export function actionNamed(name: string): Action | undefined {
  return byName.get(name);
}
