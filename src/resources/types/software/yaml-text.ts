import { dump } from 'js-yaml';
import type { JsonMap } from '../../../engine/model/value.js';

/** A map as YAML in the form that PyYAML's `safe_dump` gives it: sorted keys, lists at their key's depth. */
export function yamlText(value: JsonMap): string {
  return dump(value, { sortKeys: true, seqNoIndent: true, lineWidth: 80, noRefs: true });
}
