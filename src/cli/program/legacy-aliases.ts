/** The commands of the old `heat` client and what they are called here. */
export const LEGACY_COMMANDS: { readonly [name: string]: string } = {
  'action-check': 'stack check',
  'action-resume': 'stack resume',
  'action-suspend': 'stack suspend',
  'build-info': 'build info',
  'config-create': 'software config create',
  'config-delete': 'software config delete',
  'config-list': 'software config list',
  'config-show': 'software config show',
  'deployment-create': 'software deployment create',
  'deployment-delete': 'software deployment delete',
  'deployment-list': 'software deployment list',
  'deployment-metadata-show': 'software deployment metadata show',
  'deployment-output-show': 'software deployment output show',
  'deployment-show': 'software deployment show',
  event: 'stack event show',
  'event-list': 'stack event list',
  'event-show': 'stack event show',
  'hook-clear': 'stack hook clear',
  'hook-poll': 'stack hook poll',
  'output-list': 'stack output list',
  'output-show': 'stack output show',
  'resource-list': 'stack resource list',
  'resource-mark-unhealthy': 'stack resource mark unhealthy',
  'resource-metadata': 'stack resource metadata',
  'resource-show': 'stack resource show',
  'resource-signal': 'stack resource signal',
  'resource-template': 'resource type show --template-type hot',
  'resource-type-list': 'resource type list',
  'resource-type-show': 'resource type show',
  'resource-type-template': 'resource type show --template-type hot',
  'service-list': 'service list',
  'snapshot-delete': 'stack snapshot delete',
  'snapshot-list': 'stack snapshot list',
  'snapshot-show': 'stack snapshot show',
  'stack-abandon': 'stack abandon',
  'stack-adopt': 'stack adopt',
  'stack-cancel-update': 'stack cancel',
  'stack-check': 'stack check',
  'stack-create': 'stack create',
  'stack-delete': 'stack delete',
  'stack-export': 'stack export',
  'stack-graph': 'stack graph',
  'stack-list': 'stack list',
  'stack-preview': 'stack preview',
  'stack-restore': 'stack snapshot restore',
  'stack-resume': 'stack resume',
  'stack-show': 'stack show',
  'stack-snapshot': 'stack snapshot create',
  'stack-suspend': 'stack suspend',
  'stack-update': 'stack update',
  'template-function-list': 'template function list',
  'template-show': 'stack template show',
  'template-validate': 'template validate',
  'template-version-list': 'template version list',
};

/** Options that the old client spelled in another way. */
const LEGACY_OPTIONS: { readonly [name: string]: string } = {
  '--template-file': '--template',
  '--template-url': '--template',
  '--template-object': '--template',
  '-u': '--template',
  '--environment-file': '--environment',
  '--parameters': '--parameter',
  '-P': '--parameter',
  '-Pf': '--parameter-file',
  '-r': '--enable-rollback',
  '-x': '--existing',
  '-c': '--column',
  '--create-timeout': '--timeout',
  '--show-deleted': '--deleted',
  '--show-nested': '--nested',
  '--show-hidden': '--hidden',
  '--filters': '--property',
  '--global-tenant': '--all-projects',
  '-m': '--marker',
  '-l': '--limit',
};

const TAKES_TEMPLATE = ['stack create', 'stack update', 'stack preview', 'template validate'];
const FORMATS = ['table', 'json', 'yaml', 'csv', 'value', 'shell', 'log', 'dot'];

/**
 * Turns the words of the old client (`stack-create -f x.yaml web`) and the prefix of openstackclient
 * (`orchestration template validate`) into this program's own. `args` are the words after the program's name.
 */
export function modernize(args: readonly string[], isGlobalWithValue: (word: string) => boolean): readonly string[] {
  const at = commandIndex(args, isGlobalWithValue);
  const word = args[at];
  if (word === undefined) return args;
  if (word === 'orchestration') return [...args.slice(0, at), ...args.slice(at + 1)];
  const target = Object.hasOwn(LEGACY_COMMANDS, word) ? LEGACY_COMMANDS[word] : undefined;
  if (target === undefined) return args;
  const rest = args.slice(at + 1).map((option, index, all) => modernOption(option, all[index + 1], target));
  return [...args.slice(0, at), ...target.split(' '), ...rest];
}

/** Where the first word stands that is neither a global option nor its value. */
function commandIndex(args: readonly string[], isGlobalWithValue: (word: string) => boolean): number {
  let at = 0;
  while (at < args.length) {
    const word = args[at] ?? '';
    if (word === 'help' || word.startsWith('-')) at += isGlobalWithValue(word) ? 2 : 1;
    else break;
  }
  return at;
}

function modernOption(word: string, next: string | undefined, target: string): string {
  const [name = '', ...value] = word.split('=');
  const takesTemplate = TAKES_TEMPLATE.includes(target);
  if (takesTemplate && name === '-f' && !FORMATS.includes(next ?? '')) return '--template';
  if (target === 'template validate' && name === '--show-nested') return word;
  if (target !== 'stack list' && ['-m', '-l', '--filters', '--show-nested'].includes(name)) {
    return name === '--filters' ? ['--filter', ...value].join('=') : word;
  }
  if (target === 'stack create' && name === '-c' && /^\d+$/.test(next ?? '')) return '--timeout';
  const modern = Object.hasOwn(LEGACY_OPTIONS, name) ? LEGACY_OPTIONS[name] : undefined;
  return modern === undefined ? word : [modern, ...value].join('=');
}
