import fc from 'fast-check';
import { toDot } from '../../../src/cli/graph/dot.js';
import { layOut } from '../../../src/cli/graph/layout.js';
import { toMermaid } from '../../../src/cli/graph/mermaid.js';
import { resourcesToDot } from '../../../src/cli/graph/resources-dot.js';
import type { StackGraph } from '../../../src/cli/graph/stack-graph.js';
import { toStackGraph } from '../../../src/cli/graph/stack-graph.js';
import { toSvg } from '../../../src/cli/graph/svg.js';

const graph: StackGraph = toStackGraph({
  nodes: [
    { name: 'net', type: 'OS::Neutron::Net', status: 'CREATE_COMPLETE' },
    { name: 'sub"net', type: 'OS::Neutron::Subnet', status: null },
  ],
  edges: [
    { from: 'sub"net', to: 'net', reason: 'get_resource <a>' },
    { from: 'x', to: 'net', reason: '' },
  ],
});

test('edges to what is not there are left out', () => {
  expect(graph.edges).toHaveLength(1);
});

test('DOT quotes names', () => {
  expect(toDot('web', graph)).toContain('"sub\\"net" -> "net"');
});

test('Mermaid and SVG escape names', () => {
  expect(toMermaid(graph)).toContain('n1["sub&quot;net<br/>');
  expect(toSvg('web', graph)).toContain('get_resource &lt;a&gt;');
});

test('resource lists become graphs by required_by', () => {
  expect(resourcesToDot([{ resource_name: 'a', required_by: ['b'] }, { resource_name: 'b' }])).toContain('"b" -> "a"');
});

test('in every acyclic graph a node stands above all that it needs, and each stands once', () => {
  const dags = fc.integer({ min: 1, max: 30 }).chain((size) =>
    fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 60 }).map((pairs) => ({
      nodes: Array.from({ length: size }, (_, index) => ({ name: `n${index}`, type: '', status: '' })),
      edges: pairs
        .filter(([a, b]) => a !== b)
        .map(([a, b]) => ({ from: `n${Math.max(a, b)}`, to: `n${Math.min(a, b)}`, reason: '' })),
    })),
  );
  fc.assert(
    fc.property(dags, (dag) => {
      const { layers } = layOut(dag);
      const layerOf = new Map(layers.flatMap((layer, index) => layer.map((name) => [name, index] as const)));
      expect(layers.flat().sort()).toEqual(dag.nodes.map((node) => node.name).sort());
      for (const edge of dag.edges) expect(layerOf.get(edge.from)).toBeGreaterThan(layerOf.get(edge.to) ?? 0);
    }),
  );
});

test('a picture of nothing is still a picture', () => {
  expect(toSvg('empty', { nodes: [], edges: [] })).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});
