import { referencesIn } from '../template/evaluate.js';
import type { Scope } from '../template/expression.js';
import type { ResourceDeclaration, Template } from '../template/template.js';
import type { DependencyReason } from './dependency-graph.js';

/** Why each resource of a template needs which others; those not in `active` (their condition is false) are left out. */
export function dependencyReasons(template: Template, active: ReadonlySet<string>, scope: Scope): DependencyReason[] {
  const reasons: DependencyReason[] = [];
  for (const declaration of template.resources.values()) {
    if (active.has(declaration.name))
      reasons.push(...reasonsOf(declaration, scope).filter((edge) => active.has(edge.to)));
  }
  return reasons;
}

function reasonsOf(declaration: ResourceDeclaration, scope: Scope): DependencyReason[] {
  const from = declaration.name;
  const reasons: DependencyReason[] = declaration.dependsOn.map(({ name }) => ({
    from,
    to: name,
    reason: 'depends_on',
  }));
  for (const entry of declaration.properties.entries) {
    for (const reference of referencesIn(entry.value, [], scope)) {
      reasons.push({ from, to: reference.resource, reason: `properties.${entry.key}` });
    }
  }
  for (const [part, expression] of [
    ['metadata', declaration.metadata],
    ['update_policy', declaration.updatePolicy],
    ['creation_policy', declaration.creationPolicy],
  ] as const) {
    if (expression === undefined) continue;
    for (const reference of referencesIn(expression, [], scope))
      reasons.push({ from, to: reference.resource, reason: part });
  }
  // A resource may speak of itself (user data that signals its own name); that is no dependency.
  return reasons.filter((edge) => edge.to !== from);
}
