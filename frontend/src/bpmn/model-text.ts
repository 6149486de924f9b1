import type { Flow } from './badges';

/** The names that a BPMN text gives its elements, by element id. */
export function namesIn(xml: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  for (const element of document.querySelectorAll('[id][name]')) {
    const name = element.getAttribute('name')?.trim() ?? '';
    if (name !== '') names.set(element.id, name);
  }
  return names;
}

/** The sequence flows of a BPMN text. */
export function flowsIn(xml: string): readonly Flow[] {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  return Array.from(document.getElementsByTagNameNS('*', 'sequenceFlow'), (flow) => ({
    id: flow.id,
    source: flow.getAttribute('sourceRef') ?? '',
    target: flow.getAttribute('targetRef') ?? '',
  }));
}
