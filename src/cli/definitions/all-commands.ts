import type { CommandSpec, GroupSpec } from '../program/command-spec.js';
import { IDENTITY_COMMANDS, IDENTITY_GROUPS } from './identity-commands.js';
import { OTHER_COMMANDS } from './other-commands.js';
import { STACK_COMMANDS } from './stack-commands.js';
import { STACK_PART_COMMANDS } from './stack-part-commands.js';

/** Every command of the program, in the order of its help. */
export const ALL_COMMANDS: readonly CommandSpec[] = [
  ...STACK_COMMANDS,
  ...STACK_PART_COMMANDS,
  ...OTHER_COMMANDS,
  ...IDENTITY_COMMANDS,
];

/** The words that only group commands. */
export const GROUPS: readonly GroupSpec[] = [
  { path: 'stack', summary: 'Create, change, look at and delete stacks' },
  { path: 'stack template', summary: "A stack's template" },
  { path: 'stack environment', summary: "A stack's environment" },
  { path: 'stack file', summary: "A stack's files" },
  { path: 'stack output', summary: "A stack's outputs" },
  { path: 'stack resource', summary: "A stack's resources" },
  { path: 'stack resource mark', summary: 'Mark resources' },
  { path: 'stack event', summary: 'What happened to a stack' },
  { path: 'stack snapshot', summary: 'Snapshots of a stack' },
  { path: 'stack failures', summary: 'What failed in a stack' },
  { path: 'stack hook', summary: 'Resources that wait at hooks' },
  { path: 'template', summary: 'Check templates; versions and functions' },
  { path: 'template version', summary: 'Template versions' },
  { path: 'template function', summary: 'Template functions' },
  { path: 'resource', summary: 'Resource types' },
  { path: 'resource type', summary: 'Resource types' },
  { path: 'software', summary: 'Software configs and deployments' },
  { path: 'software config', summary: 'Software configs' },
  { path: 'software deployment', summary: 'Software deployments' },
  { path: 'software deployment metadata', summary: "A server's deployments" },
  { path: 'software deployment output', summary: 'What deployments gave back' },
  { path: 'service', summary: 'Engines' },
  { path: 'build', summary: 'The build of the engine' },
  ...IDENTITY_GROUPS,
];
