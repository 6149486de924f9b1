import './diagram.css';

import IconButton from '@mui/material/IconButton';
import { useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

import { Empty } from '../ui/feedback';
import { DefinitionIcon, FitIcon, MinusIcon, PlusIcon } from '../ui/icons';
import { tokenStates } from '../ui/states';
import { toneBox } from '../ui/tone';
import { waysTaken, type Badge, type Trail } from './badges';
import { flowsIn } from './model-text';
import { DiagramViewer } from './viewer';

type Props = {
  readonly xml: string;
  readonly label: string;
  readonly badges?: readonly Badge[];
  readonly trail?: Trail;
  readonly selected?: string | undefined;
  readonly onSelect?: (element: string | null) => void;
  readonly className?: string;
};

const none: readonly Badge[] = [];
const nowhere: Trail = { visited: new Set(), taken: new Set() };

/** A BPMN diagram with tokens on it; each token is a button. */
export function Diagram(props: Props) {
  const { xml, label, badges = none, trail = nowhere, selected, onSelect, className = '' } = props;
  const container = useRef<HTMLDivElement>(null);
  const { viewer, failure } = useViewer(container, xml, (element) => onSelect?.(element));

  useMarkers(viewer, trail.visited, 'w-visited');
  const flows = useMemo(() => flowsIn(xml), [xml]);
  useMarkers(viewer, waysTaken(flows, trail, badges), 'w-taken');
  useMarkers(viewer, at(badges, false), 'w-busy');
  useMarkers(viewer, at(badges, true), 'w-incident');
  useMarkers(viewer, selected ? [selected] : [], 'w-selected');

  const placed = viewer ? badges.filter((badge) => viewer.has(badge.element)) : none;
  const unplaced = viewer ? badges.length - placed.length : 0;

  return (
    <div role="group" aria-label={label} className={`relative overflow-hidden ${className}`}>
      <div ref={container} className="absolute inset-0" />
      {failure !== null && (
        <div className="absolute inset-0 grid place-items-center bg-surface">
          <Empty icon={DefinitionIcon} title="No diagram to show">
            {failure}
          </Empty>
        </div>
      )}
      {viewer && (
        <>
          {placed.map((badge) => (
            <TokenBadge
              key={badge.element}
              viewer={viewer}
              badge={badge}
              pressed={badge.element === selected}
              onPress={() => onSelect?.(badge.element === selected ? null : badge.element)}
            />
          ))}
          <Tools viewer={viewer} />
        </>
      )}
      {unplaced > 0 && (
        <p className="absolute top-2 left-3 m-0 rounded-full border border-waiting-line bg-waiting-soft px-2 text-xs font-semibold text-waiting">
          {unplaced} without a place in this diagram
        </p>
      )}
    </div>
  );
}

function at(badges: readonly Badge[], incident: boolean): string[] {
  return badges
    .filter(({ state }) => (state === 'incident') === incident)
    .map(({ element }) => element);
}

type Opened = { xml: string; viewer: DiagramViewer | null; failure: string | null };

function useViewer(
  container: React.RefObject<HTMLDivElement | null>,
  xml: string,
  onClick: (element: string | null) => void,
): Omit<Opened, 'xml'> {
  const [opened, setOpened] = useState<Opened | null>(null);
  const clicked = useEffectEvent(onClick);

  useEffect(() => {
    const place = container.current;
    if (!place) return;
    let dead = false;
    const viewer = new DiagramViewer(place);
    const observer = new ResizeObserver(() => {
      viewer.resized();
    });
    viewer.open(xml).then(
      () => {
        if (dead) return;
        viewer.onClick((element) => {
          clicked(element);
        });
        observer.observe(place);
        setOpened({ xml, viewer, failure: null });
      },
      (error: unknown) => {
        if (dead) return;
        const why = error instanceof Error ? error.message : String(error);
        setOpened({ xml, viewer: null, failure: why });
      },
    );
    return () => {
      dead = true;
      observer.disconnect();
      setOpened(null);
      viewer.destroy();
    };
  }, [container, xml]);

  return opened?.xml === xml ? opened : { viewer: null, failure: null };
}

function useMarkers(viewer: DiagramViewer | null, elements: Iterable<string>, marker: string) {
  const key = Array.from(elements).join('\n');
  useEffect(() => {
    if (!viewer || key === '') return;
    return viewer.mark(key.split('\n'), marker);
  }, [viewer, key, marker]);
}

type BadgeProps = {
  readonly viewer: DiagramViewer;
  readonly badge: Badge;
  readonly pressed: boolean;
  readonly onPress: () => void;
};

/* The host goes to bpmn-js once; what changes is React's alone. */
function TokenBadge({ viewer, badge, pressed, onPress }: BadgeProps): ReactNode {
  const [host] = useState(() => document.createElement('div'));
  useEffect(() => viewer.overlay(badge.element, host), [viewer, badge.element, host]);

  const look = tokenStates[badge.state];
  const Icon = look.icon;
  const tokens = badge.count === 1 ? '1 token' : `${badge.count} tokens`;
  return createPortal(
    <button
      type="button"
      aria-pressed={pressed}
      aria-label={`${tokens} at ${badge.name}: ${look.label}`}
      title={`${tokens}: ${look.label}`}
      onClick={onPress}
      className={`flex h-7 min-w-7 cursor-pointer items-center justify-center gap-1 rounded-full border-2 px-1.5 text-xs font-bold ${toneBox[look.tone]} ${pressed ? 'ring-2 ring-accent' : ''}`}
    >
      <Icon aria-hidden sx={{ fontSize: 15 }} />
      {badge.count > 1 && <span className="tabular">{badge.count}</span>}
    </button>,
    host,
  );
}

function Tools({ viewer }: { viewer: DiagramViewer }) {
  const tools = [
    {
      label: 'Zoom in',
      icon: PlusIcon,
      act: () => {
        viewer.zoom(1.25);
      },
    },
    {
      label: 'Zoom out',
      icon: MinusIcon,
      act: () => {
        viewer.zoom(0.8);
      },
    },
    {
      label: 'Show all',
      icon: FitIcon,
      act: () => {
        viewer.fit();
      },
    },
  ];
  return (
    <div className="absolute top-2 right-2 flex rounded-card border border-line bg-raised">
      {tools.map(({ label, icon: Icon, act }) => (
        <IconButton key={label} title={label} size="small" aria-label={label} onClick={act}>
          <Icon sx={{ fontSize: 17 }} />
        </IconButton>
      ))}
    </div>
  );
}
