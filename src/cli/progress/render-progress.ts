import { type Palette, paintOf } from '../output/colors.js';
import { displayWidth, truncate } from '../output/display-width.js';
import { formatDuration } from './format-duration.js';
import {
  countProgress,
  estimateLeftMs,
  isSettled,
  type ProgressState,
  type ResourceProgress,
} from './progress-state.js';

/** The room that the display has. */
export interface ProgressView {
  readonly columns: number;
  readonly rows: number;
  readonly colors: Palette;
  /** Counts up while something runs; moves the spinner. */
  readonly frame: number;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

interface Row {
  readonly depth: number;
  readonly resource: ResourceProgress;
  /** Smaller stays longer when there are more rows than lines. */
  readonly rank: number;
  readonly index: number;
}

/** The lines of the progress tree: a head with counts and times, then resources under the stacks they are in. */
export function renderProgress(state: ProgressState, now: number, view: ProgressView): string[] {
  const rows = flatten(state);
  const room = Math.max(3, view.rows - 3);
  const shown = choose(rows, room);
  const lines = [headLine(state, now, view), ...shown.map((row) => resourceLine(row, now, view))];
  const hidden = rows.length - shown.length;
  if (hidden > 0) lines.push(hiddenLine(rows, shown, view));
  return lines;
}

function headLine(state: ProgressState, now: number, view: ProgressView): string {
  const { colors } = view;
  const { total, done, busy, failed, waiting } = countProgress(state);
  const parts = [`${done}/${total} done`];
  if (busy > 0) parts.push(`${busy} running`);
  if (waiting > 0) parts.push(`${waiting} waiting`);
  if (failed > 0) parts.push(`${failed} failed`);
  parts.push(formatDuration(now - state.startedAt));
  const left = estimateLeftMs(state, now);
  if (left !== undefined && state.status.endsWith('IN_PROGRESS')) parts.push(`about ${formatDuration(left)} left`);
  const status = state.status || '…';
  const plain = `${state.rootName}  ${status}  ${parts.join(' · ')}`;
  if (displayWidth(plain) > view.columns) return truncate(plain, view.columns);
  return `${colors.bold(state.rootName)}  ${paintOf(status, colors)(status)}  ${colors.dim(parts.join(' · '))}`;
}

function resourceLine(row: Row, now: number, view: ProgressView): string {
  const { resource } = row;
  const { colors } = view;
  const paint = paintOf(resource.status, colors);
  const isBusy = resource.status.endsWith('IN_PROGRESS') && !isSettled(resource);
  const indent = '  '.repeat(row.depth + 1);
  const mark = markOf(resource, isBusy, view.frame);
  const time = resource.startedAt === undefined ? '' : formatDuration((resource.endedAt ?? now) - resource.startedAt);
  const status = resource.startedAt === undefined ? 'waiting' : resource.status;
  const failure = resource.status.endsWith('FAILED') ? resource.reason : '';
  const left = `${indent}${mark} ${resource.name}`;
  const type = resource.type === '' ? '' : `  ${shortType(resource.type)}`;
  const right = `${status}${time === '' ? '' : `  ${time}`}`;
  const room = view.columns - displayWidth(right) - 2;
  if (room < 8) return truncate(`${left}  ${right}`, view.columns);
  const nameText = truncate(left, room);
  const typeText = truncate(type, Math.max(0, Math.min(displayWidth(type), room - displayWidth(nameText))));
  const gap = Math.max(2, Math.min(room, 56) - displayWidth(nameText) - displayWidth(typeText) + 2);
  const used = displayWidth(nameText) + displayWidth(typeText) + gap + displayWidth(right);
  const spare = view.columns - used - 2;
  const why = failure !== '' && spare > 10 ? `  ${truncate(failure.replace(/\s+/g, ' '), spare)}` : '';
  return `${nameText.replace(mark, paint(mark))}${colors.dim(typeText)}${' '.repeat(gap)}${paint(status)}${
    time === '' ? '' : colors.dim(`  ${time}`)
  }${colors.bad(why)}`;
}

/** A nested template's file name instead of its whole address. */
function shortType(type: string): string {
  return type.includes('://') ? (type.split('/').at(-1) ?? type) : type;
}

function markOf(resource: ResourceProgress, isBusy: boolean, frame: number): string {
  if (isBusy) return SPINNER[frame % SPINNER.length] ?? '*';
  if (resource.startedAt === undefined) return '·';
  if (resource.status.endsWith('FAILED')) return '✗';
  return resource.status.startsWith('DELETE') ? '−' : '✓';
}

function hiddenLine(rows: readonly Row[], shown: readonly Row[], view: ProgressView): string {
  const visible = new Set(shown);
  const hidden = rows.filter((row) => !visible.has(row));
  const done = hidden.filter((row) => isSettled(row.resource)).length;
  const waiting = hidden.filter((row) => row.resource.startedAt === undefined).length;
  const running = hidden.length - done - waiting;
  const parts = [
    done > 0 ? `${done} done` : '',
    running > 0 ? `${running} running` : '',
    waiting > 0 ? `${waiting} waiting` : '',
  ];
  return view.colors.dim(
    truncate(`  … ${hidden.length} more: ${parts.filter((part) => part !== '').join(', ')}`, view.columns),
  );
}

/** Depth-first: each nested stack's members under the resource that it belongs to. */
function flatten(state: ProgressState): Row[] {
  const byStack = new Map<string, ResourceProgress[]>();
  for (const resource of state.resources.values()) {
    const members = byStack.get(resource.stackId);
    if (members === undefined) byStack.set(resource.stackId, [resource]);
    else members.push(resource);
  }
  const rows: Row[] = [];
  const visited = new Set<string>();
  const visit = (stackId: string, depth: number): void => {
    if (visited.has(stackId)) return;
    visited.add(stackId);
    for (const resource of byStack.get(stackId) ?? []) {
      rows.push({ depth, resource, rank: rankOf(resource), index: rows.length });
      if (resource.physicalId !== '' && byStack.has(resource.physicalId)) visit(resource.physicalId, depth + 1);
    }
  };
  visit(state.rootId, 0);
  return rows;
}

function rankOf(resource: ResourceProgress): number {
  if (resource.status.endsWith('FAILED') && isSettled(resource)) return 0;
  if (resource.startedAt !== undefined && !isSettled(resource)) return 1;
  return isSettled(resource) ? 3 : 2;
}

/** Keeps the rows that matter most, in their order; of the done ones the latest. */
function choose(rows: readonly Row[], room: number): readonly Row[] {
  if (rows.length <= room) return rows;
  const byImportance = [...rows].sort(
    (a, b) => a.rank - b.rank || (b.resource.endedAt ?? 0) - (a.resource.endedAt ?? 0) || a.index - b.index,
  );
  return byImportance.slice(0, room - 1).sort((a, b) => a.index - b.index);
}
