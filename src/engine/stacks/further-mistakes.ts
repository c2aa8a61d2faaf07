import type { Diagnostic } from '../model/diagnostic.js';
import type { TemplateRecord } from '../model/records.js';
import { buildDesired } from '../planning/build-desired.js';
import type { StackIdentity } from '../planning/stack-identity.js';
import { validateDesired } from '../planning/validate-desired.js';
import type { Template } from '../template/template.js';
import { validateTemplate } from '../template/validate-template.js';
import type { PrepareParts } from './prepare.js';

export interface RefusedTemplate {
  readonly template: Template;
  readonly record: TemplateRecord;
  readonly stack: StackIdentity;
  /** Why it is refused already. */
  readonly known: readonly Diagnostic[];
}

/**
 * What else is wrong with a template that is refused already, so that its author can mend everything in one go. Later
 * checks stand on what earlier ones have let pass, so only mistakes in places that are sound so far are told.
 */
export function furtherMistakes(
  { engine, customCheck }: PrepareParts,
  zones: (region: string) => readonly string[],
  { template, record, stack, known }: RefusedTemplate,
): Diagnostic[] {
  const all = [...known];
  const add = (found: readonly Diagnostic[]) => {
    for (const diagnostic of found) {
      if (diagnostic.severity === 'error' && !all.some((other) => isSamePlace(diagnostic, other))) all.push(diagnostic);
    }
  };
  // Named, they are known already; where they were not looked for yet, they come before what a type says.
  add(validateTemplate(template));
  // A graph with a cycle in it cannot be built.
  if (!all.some(({ code }) => code === 'cycle')) {
    const built = buildDesired({ record, template, stack, types: engine.types, zones, strict: false });
    add(built.diagnostics);
    if (built.desired) {
      add(validateDesired({ desired: built.desired, stack, zones, ...(customCheck ? { customCheck } : {}) }));
    }
  }
  return all.slice(known.length);
}

/** True for two mistakes of which one may come from the other: at one position, or in one part of the document. */
function isSamePlace(one: Diagnostic, other: Diagnostic): boolean {
  const { at: a } = one;
  const { at: b } = other;
  if (a && b && a.line === b.line && a.column === b.column && a.source === b.source) return true;
  const [shorter, longer] = one.path.length <= other.path.length ? [one.path, other.path] : [other.path, one.path];
  return shorter.length >= 2 && shorter.every((step, index) => step === longer[index]);
}
