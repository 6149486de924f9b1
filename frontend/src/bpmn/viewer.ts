/*
 * The one place that talks to bpmn-js.  A viewer shows one XML text, takes HTML
 * hosts as overlays and CSS classes as markers, and tells what was clicked.
 */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import type Canvas from 'diagram-js/lib/core/Canvas';
import type ElementRegistry from 'diagram-js/lib/core/ElementRegistry';
import type EventBus from 'diagram-js/lib/core/EventBus';
import type Overlays from 'diagram-js/lib/features/overlays/Overlays';

type Services = {
  canvas: Canvas;
  elementRegistry: ElementRegistry;
  eventBus: EventBus;
  overlays: Overlays;
};

type Clicked = { element: { id: string; type?: string } };

export class DiagramViewer {
  readonly #viewer: NavigatedViewer<Services>;
  #touched = false;
  #dead = false;

  constructor(container: HTMLElement) {
    this.#viewer = new NavigatedViewer<Services>({
      container,
      bpmnRenderer: {
        defaultStrokeColor: 'var(--w-diagram-stroke)',
        defaultFillColor: 'var(--w-diagram-fill)',
        defaultLabelColor: 'var(--w-text)',
      },
    });
  }

  /** Rejects when the text holds no BPMN or no layout. */
  async open(xml: string): Promise<void> {
    await this.#viewer.importXML(xml);
    this.fit();
    this.#viewer.get('eventBus').on('canvas.viewbox.changed', () => {
      this.#touched = true;
    });
  }

  /** `listener` gets the element's id, or null for the empty canvas. */
  onClick(listener: (element: string | null) => void): void {
    this.#viewer.on<Clicked>('element.click', ({ element }) => {
      const root = this.#viewer.get('canvas').getRootElement();
      listener(element.id === root.id ? null : element.id);
    });
  }

  has(element: string): boolean {
    return this.#viewer.get('elementRegistry').get(element) !== undefined;
  }

  /** Puts `host` at the upper right of an element; call the result to remove it. */
  overlay(element: string, host: HTMLElement): () => void {
    const overlays = this.#viewer.get('overlays');
    const id = overlays.add(element, {
      position: { top: -14, right: 18 },
      scale: { min: 0.75, max: 1.25 },
      html: host,
    });
    return () => {
      if (!this.#dead) overlays.remove(id);
    };
  }

  /** Gives elements a CSS class; call the result to take it back. */
  mark(elements: Iterable<string>, marker: string): () => void {
    const canvas = this.#viewer.get('canvas');
    const marked = Array.from(elements).filter((element) => this.has(element));
    for (const element of marked) canvas.addMarker(element, marker);
    return () => {
      if (this.#dead) return;
      for (const element of marked) canvas.removeMarker(element, marker);
    };
  }

  zoom(factor: number): void {
    const canvas = this.#viewer.get('canvas');
    canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
  }

  /** All of it in the middle, but small diagrams not larger than drawn. */
  fit(): void {
    const canvas = this.#viewer.get('canvas');
    const { inner, outer } = canvas.viewbox();
    const room = 24;
    const scale = Math.min(
      1.15,
      outer.width / (inner.width + 2 * room),
      outer.height / (inner.height + 2 * room),
    );
    if (!(scale > 0)) return;
    const width = outer.width / scale;
    const height = outer.height / scale;
    canvas.viewbox({
      x: inner.x + inner.width / 2 - width / 2,
      y: inner.y + inner.height / 2 - height / 2,
      width,
      height,
    });
    this.#touched = false;
  }

  /** After the container's size changed: fits again unless someone moved it. */
  resized(): void {
    const touched = this.#touched;
    this.#viewer.get('canvas').resized();
    if (!touched) this.fit();
  }

  /** Afterwards removing overlays and marks does nothing. */
  destroy(): void {
    this.#dead = true;
    this.#viewer.destroy();
  }
}
