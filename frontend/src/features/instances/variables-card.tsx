import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { instances, isLive } from '../../api/queries/instances';
import type { Instance, Token } from '../../api/types';
import { plainValue, showValue, types } from '../../lib/variables';
import { Empty, View } from '../../ui/feedback';
import { EditIcon, PlusIcon } from '../../ui/icons';
import { later, useSoon } from '../../ui/later';
import { Table, type Column } from '../../ui/table';
import { root, scopesOf, type Scope } from './scope-model';
import type { Editing } from './variable-dialog';

const VariableDialog = later(() => import('./variable-dialog'));

type Entry = { readonly name: string; readonly value: unknown };
type Props = { readonly instance: Instance; readonly tokens: readonly Token[] };

/** The variables of every scope; while the instance lives each can be changed. */
export function VariablesCard({ instance, tokens }: Props) {
  const live = isLive(instance.state);
  const query = useQuery(instances.variables({ id: instance.id, live }));
  const [editing, setEditing] = useState<Editing | null>(null);
  useSoon(VariableDialog);
  return (
    <>
      <View query={query}>
        {(variables) => {
          const scopes = scopesOf(Object.keys(variables), tokens);
          return scopes.map((scope) => (
            <ScopeView
              key={scope.id}
              scope={scope}
              alone={scopes.length === 1}
              variables={variables[scope.id] ?? {}}
              onEdit={live ? setEditing : null}
            />
          ));
        }}
      </View>
      {editing && (
        <VariableDialog
          instance={instance}
          editing={editing}
          onClose={() => {
            setEditing(null);
          }}
        />
      )}
    </>
  );
}

type ScopeProps = {
  readonly scope: Scope;
  readonly alone: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly onEdit: ((editing: Editing) => void) | null;
};

function ScopeView({ scope, alone, variables, onEdit }: ScopeProps) {
  const entries = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const edit =
    onEdit &&
    ((entry: Entry) => {
      onEdit({ scope, ...entry });
    });
  const label = scope.id === root ? 'Variables' : `Variables of ${scope.path}`;
  return (
    <section aria-label={label} className="border-b border-line last:border-b-0">
      {!alone && (
        <h3 className="m-0 border-b border-line bg-sunken px-4 py-1.5 text-xs font-semibold text-text-2">
          {scope.path}
        </h3>
      )}
      {entries.length > 0 ? (
        <Table
          label={label}
          columns={edit ? [...columns, editColumn(edit)] : columns}
          rows={entries}
          rowKey={({ name }) => name}
        />
      ) : alone ? (
        <Empty title="No variables">
          {edit ? 'Add one, or let the process set some.' : 'This instance kept none.'}
        </Empty>
      ) : (
        <p className="m-0 px-4 py-3 text-sm text-text-2">No variables of its own.</p>
      )}
      {edit && (
        <div className="border-t border-line px-3 py-2">
          <Button
            startIcon={<PlusIcon />}
            {...(!alone && { 'aria-label': `Add a variable to ${scope.path}` })}
            onClick={() => {
              edit({ name: '', value: '' });
            }}
          >
            Add a variable
          </Button>
        </div>
      )}
    </section>
  );
}

const columns: readonly Column<Entry>[] = [
  {
    name: 'Name',
    width: '30%',
    cell: ({ name }) => <span className="font-mono text-xs text-text">{name}</span>,
  },
  {
    name: 'Type',
    from: 'sm',
    width: '9rem',
    cell: ({ value }) => types[showValue(value).type].label,
  },
  {
    name: 'Value',
    cell: ({ value }) => (
      <span className="font-mono text-xs text-text" title={plainValue(value)}>
        {plainValue(value)}
      </span>
    ),
  },
];

function editColumn(edit: (entry: Entry) => void): Column<Entry> {
  return {
    name: 'Action',
    width: '5.5rem',
    align: 'right',
    cell: (entry) => (
      <IconButton
        title="Change the value"
        size="small"
        aria-label={`Change ${entry.name}`}
        onClick={() => {
          edit(entry);
        }}
      >
        <EditIcon fontSize="small" />
      </IconButton>
    ),
  };
}
